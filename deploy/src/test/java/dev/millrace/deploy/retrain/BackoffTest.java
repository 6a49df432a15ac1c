package dev.millrace.deploy.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(new Random(1));

  @Test
  void doublesUpToFiveMinutesAndIsShortenedByAtMostAHalf() {
    for (int failures = 1; failures <= 100; failures++) {
      Duration most =
          failures > 9 ? Backoff.LONGEST : Backoff.FIRST.multipliedBy(1L << (failures - 1));
      Duration bound = most.compareTo(Backoff.LONGEST) < 0 ? most : Backoff.LONGEST;
      assertThat(backoff.after(failures, null)).isBetween(bound.dividedBy(2), bound);
    }
  }

  @Test
  void differsFromCallToCall() {
    Set<Duration> pauses = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      pauses.add(backoff.after(5, null));
    }
    assertThat(pauses).hasSizeGreaterThan(90);
  }

  @Test
  void isAtLeastWhatTheReceiverAsksFor() {
    assertThat(backoff.after(1, Duration.ofHours(2))).isEqualTo(Duration.ofHours(2));
    assertThat(backoff.after(20, Duration.ZERO)).isGreaterThan(Duration.ofMinutes(2));
  }
}
