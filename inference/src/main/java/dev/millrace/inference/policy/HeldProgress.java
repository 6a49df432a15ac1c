package dev.millrace.inference.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one partition from its arrival until all events before it are scored. It is kept
 * in memory only: ingest repeats it.
 */
public final class HeldProgress {
  /**
   * Entries beyond which a newer one replaces the newest: reached when events wait for minutes. The
   * newest progress is then passed on later than it could be, and never too early.
   */
  static final int MOST = 1_000;

  /**
   * How often unchanged progress is passed on, so that readers that start learn it. Ingest repeats
   * it every 10 s for each arrival partition.
   */
  static final Duration REPETITION = Duration.ofSeconds(5);

  /**
   * Progress as of an offset.
   *
   * @param timeMillis event time before which all events precede the offset
   */
  public record Step(long offset, long timeMillis, boolean idle) {
    boolean saysTheSameAs(Step other) {
      return timeMillis == other.timeMillis && idle == other.idle;
    }
  }

  private final Deque<Step> held = new ArrayDeque<>();
  private @Nullable Step passedOn;
  private long passedOnAtMillis;

  /** Adds progress that was read after all progress so far. */
  public void add(Step step) {
    Step last = held.peekLast();
    if (last != null && last.saysTheSameAs(step)) {
      return;
    }
    if (held.size() >= MOST) {
      held.removeLast();
    }
    held.add(step);
  }

  /**
   * Removes the progress that no waiting event holds back, and returns the newest; null if there is
   * none, or it was passed on shortly before.
   *
   * @param oldestWaiting the smallest offset of an event that is not scored yet; {@link
   *     Long#MAX_VALUE}: there is none
   * @param nowMillis wall clock
   */
  public @Nullable Step release(long oldestWaiting, long nowMillis) {
    Step newest = null;
    for (Step next = held.peek(); next != null && next.offset < oldestWaiting; next = held.peek()) {
      newest = held.remove();
    }
    if (newest == null
        || (passedOn != null
            && newest.saysTheSameAs(passedOn)
            && nowMillis - passedOnAtMillis < REPETITION.toMillis())) {
      return null;
    }
    passedOn = newest;
    passedOnAtMillis = nowMillis;
    return newest;
  }
}
