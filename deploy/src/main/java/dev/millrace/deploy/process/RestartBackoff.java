package dev.millrace.deploy.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a crashed service is started again: twice as long after each crash, up to
 * a maximum, without a limit on their number. A service that ran for longer than {@link #STEADY}
 * starts from the shortest pause again.
 */
final class RestartBackoff {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Several times what a service takes to start. */
  private static final Duration STEADY = Duration.ofMinutes(5);

  private @Nullable Duration lastCrash;
  private Pause last = new Pause(0, Duration.ZERO);

  /**
   * A pause.
   *
   * @param crashes so many in a row
   */
  record Pause(int crashes, Duration length) {}

  /**
   * The pause after a crash.
   *
   * @param now of a clock that only goes forward
   */
  synchronized Pause after(Duration now) {
    var before = lastCrash;
    lastCrash = now;
    var steady = before == null || now.minus(before).minus(last.length()).compareTo(STEADY) > 0;
    var doubled = last.length().multipliedBy(2);
    last =
        steady
            ? new Pause(1, SHORTEST)
            : new Pause(last.crashes() + 1, doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled);
    return last;
  }
}
