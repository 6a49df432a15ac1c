package dev.millrace.inference.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far the scoring of one partition is in event time: all events before it are scored, but late
 * ones. That is the newest progress that was read, or the smallest time of an event that waits, if
 * that is smaller: all events before the progress were read, so those before the waiting one are
 * scored. It is kept in memory only: ingest repeats its progress.
 */
public final class ScoredProgress {
  /**
   * The shortest wall-clock time between two values. It is the default commit interval of Kafka
   * Streams with exactly_once: more frequent ones would become visible together.
   */
  static final Duration INTERVAL = Duration.ofMillis(100);

  /**
   * How often unchanged progress is passed on, so that readers that start learn it. Ingest repeats
   * it every 10 s for each arrival partition.
   */
  static final Duration REPETITION = Duration.ofSeconds(5);

  /** Nothing was read. */
  private static final long NONE = Long.MIN_VALUE;

  /**
   * The progress at some time.
   *
   * @param timeMillis event time before which all events are scored; Long.MIN_VALUE: none is known
   * @param idle whether the partition is silent, and nothing in it is going to change
   */
  public record Step(long timeMillis, boolean idle) {}

  private final boolean idleWhileEventsWait;
  private Step read = new Step(NONE, false);
  private boolean isFresh;
  private @Nullable Step passedOn;
  private long passedOnAtMillis;

  /**
   * @param idleWhileEventsWait whether a partition is idle although events at or after its progress
   *     wait: where their features wait for this progress, they would wait for each other
   */
  public ScoredProgress(boolean idleWhileEventsWait) {
    this.idleWhileEventsWait = idleWhileEventsWait;
  }

  /** Takes the progress of the partition that was read. */
  public void read(Step step) {
    read = step;
    isFresh = true;
  }

  /**
   * The progress that is to be passed on now; null if it is not known, or was passed on shortly
   * before.
   *
   * @param oldestWaitingMillis the smallest event time of the events that are not scored yet;
   *     {@link Long#MAX_VALUE}: there is none
   * @param nowMillis wall clock
   */
  public @Nullable Step next(long oldestWaitingMillis, long nowMillis) {
    if (read.timeMillis() == NONE && !read.idle()) {
      return null;
    }
    Step next = step(oldestWaitingMillis);
    if (passedOn != null) {
      Duration pause = next.equals(passedOn) ? REPETITION : INTERVAL;
      boolean isRepetition = next.equals(passedOn) && !isFresh;
      if (isRepetition || nowMillis - passedOnAtMillis < pause.toMillis()) {
        return null;
      }
    }
    passedOn = next;
    passedOnAtMillis = nowMillis;
    isFresh = false;
    return next;
  }

  private Step step(long oldestWaitingMillis) {
    long timeMillis = Math.min(read.timeMillis(), oldestWaitingMillis);
    if (passedOn != null) {
      timeMillis = Math.max(timeMillis, passedOn.timeMillis()); // An event that waits may be late.
    }
    boolean isDone =
        idleWhileEventsWait
            ? timeMillis >= read.timeMillis()
            : oldestWaitingMillis == Long.MAX_VALUE;
    return new Step(timeMillis, read.idle() && isDone);
  }
}
