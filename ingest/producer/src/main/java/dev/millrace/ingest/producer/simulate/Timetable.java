package dev.millrace.ingest.producer.simulate;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, in order of time; of two things at the same time, what was entered first.
 *
 * <p>A step is run when its time has come, gives the record that it makes, if any, and may enter
 * further steps, none before its own time.
 */
final class Timetable {
  private static final Comparator<Entry> IN_ORDER =
      Comparator.comparingLong(Entry::atMillis).thenComparingLong(Entry::number);

  /** Run with its own time. */
  interface Step extends LongFunction<@Nullable SimulatedRecord> {}

  private record Entry(long atMillis, long number, Step step) {}

  private final PriorityQueue<Entry> entries = new PriorityQueue<>(IN_ORDER);
  private long entered;

  /** Enters a step for a time, in epoch milliseconds. */
  void at(long epochMillis, Step step) {
    entries.add(new Entry(epochMillis, entered++, step));
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
