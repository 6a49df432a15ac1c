package dev.millrace.inference.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * The ends of the waits, in the order of time. All waits have the same length, so the first entry
 * is the next one.
 */
public final class Deadlines {
  /** A queue with fewer entries is not searched for events that were scored. */
  private static final int SMALL = 1_000;

  private record Deadline(long offset, long atMillis) {}

  private final Duration wait;
  private final LongPredicate waiting;
  private final Deque<Deadline> queue = new ArrayDeque<>();
  private final Deque<Long> due = new ArrayDeque<>();
  private int limit = SMALL;

  /**
   * @param wait the length of all waits
   * @param waiting whether the event at an offset still waits
   */
  public Deadlines(Duration wait, LongPredicate waiting) {
    this.wait = wait;
    this.waiting = waiting;
  }

  /** Adds the end of an event's wait. */
  public void add(long offset, WaitStart times) {
    queue.add(new Deadline(offset, times.endMillis(wait)));
    if (size() > limit) {
      queue.removeIf(deadline -> !waiting.test(deadline.offset));
      limit = Math.max(SMALL, 2 * size());
    }
  }

  /** Makes an event due at once. */
  public void addDue(long offset) {
    due.add(offset);
  }

  /** Removes and returns the offset of an event that is due or whose wait has ended. */
  public OptionalLong poll(long nowMillis) {
    Long first = due.poll();
    if (first != null) {
      return OptionalLong.of(first);
    }
    Deadline next = queue.peek();
    if (next != null && next.atMillis <= nowMillis) {
      queue.remove();
      return OptionalLong.of(next.offset);
    }
    return OptionalLong.empty();
  }

  /** The number of entries, at most about twice the number of waiting events. */
  int size() {
    return queue.size();
  }
}
