package dev.millrace.schemas.codec;

import java.time.Duration;

/** The pauses between calls to a registry that fails. Not safe for threads. */
final class OutageBackoff {
  private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();

  /** Longest pause: the end of an outage is detected at most this time after it. */
  private static final long LONGEST_NANOS = Duration.ofSeconds(5).toNanos();

  private boolean failing;
  private long failedNanos;
  private long pauseNanos;

  void failed(long nowNanos) {
    pauseNanos = failing ? Math.min(2 * pauseNanos, LONGEST_NANOS) : FIRST_NANOS;
    failing = true;
    failedNanos = nowNanos;
  }

  void answered() {
    failing = false;
  }

  /** Whether the last call failed. */
  boolean isFailing() {
    return failing;
  }

  /** Whether the last call failed so recently that the next one should not be made yet. */
  boolean isPausing(long nowNanos) {
    return failing && nowNanos - failedNanos < pauseNanos;
  }
}
