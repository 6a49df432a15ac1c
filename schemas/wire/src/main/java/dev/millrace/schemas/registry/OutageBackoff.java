package dev.millrace.schemas.registry;

import java.time.Duration;

/** When a registry that failed may be asked again. Not safe for threads. */
public final class OutageBackoff {
  private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();

  /** So long after its end, at most, an outage is noticed to be over. */
  private static final long LONGEST_NANOS = Duration.ofSeconds(5).toNanos();

  private boolean failing;
  private long failedNanos;
  private long pauseNanos;

  public void failed(long nowNanos) {
    pauseNanos = failing ? Math.min(2 * pauseNanos, LONGEST_NANOS) : FIRST_NANOS;
    failing = true;
    failedNanos = nowNanos;
  }

  public void answered() {
    failing = false;
  }

  /** Whether the last call failed. */
  public boolean isFailing() {
    return failing;
  }

  /** Whether the last call failed so recently that there should be no other yet. */
  public boolean isPausing(long nowNanos) {
    return failing && nowNanos - failedNanos < pauseNanos;
  }
}
