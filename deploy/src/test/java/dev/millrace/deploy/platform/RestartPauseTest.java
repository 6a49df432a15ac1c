package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartPauseTest {
  private final RestartPause pause = new RestartPause();
  private Duration now = Duration.ZERO;

  @Test
  void itDoublesUpToAMinuteAndGoesOnForEver() {
    long[] seconds = new long[100];
    for (int crash = 0; crash < seconds.length; crash++) {
      seconds[crash] = crashAfter(Duration.ofSeconds(20)).length().toSeconds();
    }
    assertThat(seconds).startsWith(1, 2, 4, 8, 16, 32, 60, 60).endsWith(60);
  }

  @Test
  void aServiceThatRanForLongStartsFromTheShortestAgain() {
    crashAfter(Duration.ofSeconds(20));
    crashAfter(Duration.ofSeconds(20));
    assertThat(crashAfter(Duration.ofMinutes(6)))
        .isEqualTo(new RestartPause.Pause(1, Duration.ofSeconds(1)));
  }

  /** The pause itself is no time in which the service ran. */
  private RestartPause.Pause crashAfter(Duration running) {
    now = now.plus(running);
    RestartPause.Pause next = pause.after(now);
    now = now.plus(next.length());
    return next;
  }
}
