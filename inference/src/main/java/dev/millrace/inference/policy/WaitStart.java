package dev.millrace.inference.policy;

import java.time.Duration;

/**
 * Since when an event waits; wall clock, epoch millis.
 *
 * @param arrivedAtMillis when the event arrived first
 * @param waitingSinceMillis when this process began to wait; its vector may have arrived before,
 *     while no process ran
 */
public record WaitStart(long arrivedAtMillis, long waitingSinceMillis) {
  /** Long enough to read the vectors that were written while no process ran. */
  private static final Duration AFTER_RESTART = Duration.ofHours(1);

  public WaitStart {
    waitingSinceMillis = Math.max(arrivedAtMillis, waitingSinceMillis);
  }

  /**
   * When a wait ends. After a restart an event waits again for the full length, but at most {@link
   * #AFTER_RESTART} longer than without the restart: otherwise a long wait would never end when
   * restarts are frequent.
   */
  public long endMillis(Duration wait) {
    Duration again = wait.compareTo(AFTER_RESTART) < 0 ? wait : AFTER_RESTART;
    return Math.max(arrivedAtMillis + wait.toMillis(), waitingSinceMillis + again.toMillis());
  }
}
