package dev.millrace.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
  private final RestartBackoff pause = new RestartBackoff();
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
        .isEqualTo(new RestartBackoff.Pause(1, Duration.ofSeconds(1)));
  }

  /** The pause itself is no time in which the service ran. */
  private RestartBackoff.Pause crashAfter(Duration running) {
    now = now.plus(running);
    RestartBackoff.Pause next = pause.after(now);
    now = now.plus(next.length());
    return next;
  }
}
