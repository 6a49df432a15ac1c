package dev.millrace.deploy.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pause before a service is restarted after an unexpected exit. It doubles with each exit up to
 * a maximum; the number of restarts has no limit. After a run of more than {@link #STEADY} the
 * pause starts from the shortest again.
 */
public final class RestartBackoff {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Several times the start-up time of a service. */
  private static final Duration STEADY = Duration.ofMinutes(5);

  private @Nullable Duration lastExit;
  private Pause last = new Pause(0, Duration.ZERO);

  /**
   * A pause before a restart.
   *
   * @param exits the number of unexpected exits in a row
   * @param length the time to wait
   */
  public record Pause(int exits, Duration length) {}

  /**
   * Counts an unexpected exit and returns the pause that follows it.
   *
   * @param now time of a monotonic clock
   */
  public synchronized Pause afterExit(Duration now) {
    var before = lastExit;
    lastExit = now;
    var steady = before == null || now.minus(before).minus(last.length()).compareTo(STEADY) > 0;
    var doubled = last.length().multipliedBy(2);
    last =
        steady
            ? new Pause(1, SHORTEST)
            : new Pause(last.exits() + 1, doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled);
    return last;
  }
}
