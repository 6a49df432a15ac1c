package dev.millrace.schemas.codec;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Limits the time that is used in each second. Not safe for threads. */
final class TimeBudget {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long perSecondNanos;
  private boolean hasStarted;
  private long secondStartNanos;
  private long leftNanos;

  TimeBudget(Duration perSecond) {
    this.perSecondNanos = perSecond.toNanos();
  }

  /** Takes the time that is left in this second. */
  long takeAll(long nowNanos) {
    if (!hasStarted || nowNanos - secondStartNanos >= SECOND) {
      hasStarted = true;
      secondStartNanos = nowNanos;
      leftNanos = perSecondNanos;
    }
    long taken = leftNanos;
    leftNanos = 0;
    return taken;
  }

  /** Returns time that was taken and not used. */
  void giveBack(long takenAtNanos, long unusedNanos) {
    if (takenAtNanos - secondStartNanos >= 0) {
      leftNanos += Math.max(0, unusedNanos);
    }
  }
}
