package dev.millrace.inference.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The ends of the waits, in the order of time. All waits for one view have the same length, so each
 * view has a queue whose first entry is the next one.
 */
public final class Deadlines {
  /** Queues with fewer entries are not searched for events that were scored. */
  private static final int SMALL = 1_000;

  private record Deadline(long offset, long atMillis) {}

  private final List<@Nullable Duration> waits;
  private final LongPredicate waiting;
  private final List<Deque<Deadline>> queues = new ArrayList<>();
  private final Deque<Long> due = new ArrayDeque<>();
  private int limit = SMALL;

  /**
   * @param waiting whether the event at an offset still waits
   */
  public Deadlines(WaitPolicy policy, LongPredicate waiting) {
    this.waits = policy.waits();
    this.waiting = waiting;
    waits.forEach(view -> queues.add(new ArrayDeque<>()));
  }

  /**
   * Adds the ends of an event's waits for its missing rows.
   *
   * @param arrived whether the event's row of a view has arrived
   */
  public void add(long offset, WaitStart times, IntPredicate arrived) {
    for (int view = 0; view < waits.size(); view++) {
      Duration wait = waits.get(view);
      if (wait != null && !arrived.test(view)) {
        queues.get(view).add(new Deadline(offset, times.endMillis(wait)));
      }
    }
    if (size() > limit) {
      queues.forEach(queue -> queue.removeIf(deadline -> !waiting.test(deadline.offset)));
      limit = Math.max(SMALL, 2 * size());
    }
  }

  /** Makes an event due at once. */
  public void addDue(long offset) {
    due.add(offset);
  }

  /** Removes and returns the offset of an event one of whose waits has ended. */
  public OptionalLong poll(long nowMillis) {
    Long first = due.poll();
    if (first != null) {
      return OptionalLong.of(first);
    }
    for (Deque<Deadline> queue : queues) {
      Deadline next = queue.peek();
      if (next != null && next.atMillis <= nowMillis) {
        queue.remove();
        return OptionalLong.of(next.offset);
      }
    }
    return OptionalLong.empty();
  }

  /** The number of entries, at most about twice the number of waiting events. */
  int size() {
    return queues.stream().mapToInt(Deque::size).sum();
  }
}
