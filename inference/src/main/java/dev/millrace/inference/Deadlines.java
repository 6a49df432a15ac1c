package dev.millrace.inference;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** Who runs out of time when. All waits for one view are equally long, so its first is its next. */
final class Deadlines {
  private record Deadline(long offset, long atMillis) {}

  private final List<ViewPlan> views;
  private final List<Deque<Deadline>> queues = new ArrayList<>();

  Deadlines(List<ViewPlan> views) {
    this.views = views;
    views.forEach(view -> queues.add(new ArrayDeque<>()));
  }

  /** Notes when the event's waits for its missing rows end. */
  void add(Event event) {
    for (int v = 0; v < views.size(); v++) {
      Duration atMost = views.get(v).view().rowWait().atMost();
      if (views.get(v).isOwn() && event.own[v] == null && atMost != null) {
        queues.get(v).add(new Deadline(event.offset, event.waitingSince + atMost.toMillis()));
      }
    }
  }

  /** Takes out the offset of an event one of whose waits has ended; it may be scored already. */
  OptionalLong poll(long nowMillis) {
    for (Deque<Deadline> queue : queues) {
      Deadline next = queue.peek();
      if (next != null && next.atMillis <= nowMillis) {
        queue.remove();
        return OptionalLong.of(next.offset);
      }
    }
    return OptionalLong.empty();
  }
}
