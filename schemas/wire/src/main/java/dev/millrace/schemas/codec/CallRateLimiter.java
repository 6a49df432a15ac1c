package dev.millrace.schemas.codec;

import java.util.concurrent.TimeUnit;

/** Limits the number of calls in each second. Not safe for threads. */
final class CallRateLimiter {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private boolean hasStarted;
  private long secondStartNanos;
  private int taken;

  CallRateLimiter(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Takes one call, if there is one left in this second. */
  boolean take(long nowNanos) {
    if (!hasLeft(nowNanos)) {
      return false;
    }
    taken++;
    return true;
  }

  boolean hasLeft(long nowNanos) {
    if (!hasStarted || nowNanos - secondStartNanos >= SECOND) {
      hasStarted = true;
      secondStartNanos = nowNanos;
      taken = 0;
    }
    return taken < perSecond;
  }
}
