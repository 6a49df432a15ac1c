package dev.millrace.features.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Work of a task that is done in slices, so that records are processed between them: after a slice
 * the rest waits for twice its length. A third of the task's time at most is spent on it.
 */
final class Slices {
  /** No work is left. */
  static final long DONE = -1;

  private final ProcessingTimeService processingTime;
  private final Work work;
  private final long sliceNanos;
  private final long pauseMillis;
  private final LongSupplier nanos;
  private boolean scheduled;

  /** Does work until the deadline. */
  interface Work {
    /**
     * Returns {@link #DONE}, 0 if work is left, or the milliseconds after which there will be some.
     */
    long run(Deadline deadline) throws Exception;
  }

  /** The end of a slice. */
  record Deadline(LongSupplier nanos, long endNanos) {
    boolean isOver() {
      return nanos.getAsLong() - endNanos >= 0;
    }
  }

  /**
   * @param nanos a clock that never goes back
   */
  Slices(ProcessingTimeService processingTime, Duration slice, LongSupplier nanos, Work work) {
    this.processingTime = processingTime;
    this.work = work;
    this.sliceNanos = slice.toNanos();
    this.pauseMillis = 2 * slice.toMillis();
    this.nanos = nanos;
  }

  /** Does the work now, unless a slice of it is scheduled. */
  void start() throws Exception {
    if (!scheduled) {
      run();
    }
  }

  /** Does the work after that time, unless a slice of it is scheduled. */
  void startAfter(long millis) {
    if (!scheduled) {
      scheduled = true;
      var unused =
          processingTime.registerTimer(
              processingTime.getCurrentProcessingTime() + millis,
              time -> {
                scheduled = false;
                run();
              });
    }
  }

  private void run() throws Exception {
    long left = work.run(new Deadline(nanos, nanos.getAsLong() + sliceNanos));
    if (left != DONE) {
      startAfter(left > 0 ? left : pauseMillis);
    }
  }
}
