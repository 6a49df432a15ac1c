package dev.millrace.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
  private final RestartBackoff backoff = new RestartBackoff();
  private Duration now = Duration.ZERO;

  @Test
  void thePauseDoublesUpToAMinuteWithoutALimitOfRestarts() {
    long[] seconds = new long[100];
    for (int exit = 0; exit < seconds.length; exit++) {
      seconds[exit] = exitAfter(Duration.ofSeconds(20)).length().toSeconds();
    }
    assertThat(seconds).startsWith(1, 2, 4, 8, 16, 32, 60, 60).endsWith(60);
  }

  @Test
  void afterALongRunThePauseIsTheShortestAgain() {
    exitAfter(Duration.ofSeconds(20));
    exitAfter(Duration.ofSeconds(20));
    assertThat(exitAfter(Duration.ofMinutes(6)))
        .isEqualTo(new RestartBackoff.Pause(1, Duration.ofSeconds(1)));
  }

  /** The service is not running during the pause. */
  private RestartBackoff.Pause exitAfter(Duration running) {
    now = now.plus(running);
    RestartBackoff.Pause next = backoff.afterExit(now);
    now = now.plus(next.length());
    return next;
  }
}
