package dev.millrace.ingest.producer.payments;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The pending steps of the simulation, run in order of time; of two steps with the same time, the
 * one added first runs first.
 *
 * <p>A step returns the record that it makes, if any, and may add further steps, none before its
 * own time.
 */
final class Schedule {
  private static final Comparator<Entry> IN_ORDER =
      Comparator.comparingLong(Entry::atMillis).thenComparingLong(Entry::number);

  /** A step; called with its scheduled time, epoch milliseconds. */
  interface Step extends LongFunction<@Nullable SimulatedRecord> {}

  private record Entry(long atMillis, long number, Step step) {}

  private final PriorityQueue<Entry> entries = new PriorityQueue<>(IN_ORDER);
  private long added;

  /** Adds a step for a time, epoch milliseconds. */
  void add(long epochMillis, Step step) {
    entries.add(new Entry(epochMillis, added++, step));
  }

  /** Runs steps until one makes a record. */
  SimulatedRecord next() {
    while (true) {
      Entry entry = entries.remove();
      SimulatedRecord made = entry.step().apply(entry.atMillis());
      if (made != null) {
        return made;
      }
    }
  }
}
