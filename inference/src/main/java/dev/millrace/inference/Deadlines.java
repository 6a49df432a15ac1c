package dev.millrace.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** Who runs out of time when. All waits for one view are equally long, so its first is its next. */
final class Deadlines {
  /** Below this, a queue is not worth a look at what in it was scored long ago. */
  private static final int SMALL = 1_000;

  private record Deadline(long offset, long atMillis) {}

  private final List<ViewPlan> views;
  private final LongPredicate waits;
  private final List<Deque<Deadline>> queues = new ArrayList<>();
  private final Deque<Long> due = new ArrayDeque<>();
  private int limit = SMALL;

  /**
   * @param waits whether the event at an offset is still to be scored
   */
  Deadlines(List<ViewPlan> views, LongPredicate waits) {
    this.views = views;
    this.waits = waits;
    views.forEach(view -> queues.add(new ArrayDeque<>()));
  }

  /** Notes when the event's waits for its missing rows end. */
  void add(Event event) {
    for (int v = 0; v < views.size(); v++) {
      if (views.get(v).isOwn() && event.own[v] == null) {
        long end = event.waitEnds(views.get(v).atMost());
        queues.get(v).add(new Deadline(event.offset, end));
      }
    }
    if (size() > limit) {
      queues.forEach(queue -> queue.removeIf(deadline -> !waits.test(deadline.offset)));
      limit = Math.max(SMALL, 2 * size());
    }
  }

  /** Lets an event be looked at as soon as possible. */
  void addDue(long offset) {
    due.add(offset);
  }

  /** Takes out the offset of an event one of whose waits has ended; it may be scored already. */
  OptionalLong poll(long nowMillis) {
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

  /** How many are kept, at most some twice as many as wait. */
  int size() {
    return queues.stream().mapToInt(Deque::size).sum();
  }
}
