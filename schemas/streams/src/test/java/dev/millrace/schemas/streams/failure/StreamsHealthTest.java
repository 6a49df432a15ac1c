package dev.millrace.schemas.streams.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.registry.RegistryUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class StreamsHealthTest {
  private Instant now = Instant.EPOCH;
  private final ThreadReplacement replacement =
      new ThreadReplacement("shop", thrown -> true, thrown -> {}, Duration.ZERO, () -> now);
  private String restoring = "";
  private final StreamsHealth health = new StreamsHealth(replacement, () -> restoring);

  @Test
  void aRunningServiceIsLiveAndReady() {
    assertThat(health.live(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.REBALANCING)).isEqualTo("streams are REBALANCING");
    assertThat(health.live(State.ERROR)).isEqualTo("streams are ERROR");
  }

  @Test
  void aRestorationIsTheReasonWhyAServiceIsNotReady() {
    restoring = "restoring card-entities: 41 %, 120,000 of 290,000 records";
    assertThat(health.ready(State.REBALANCING)).isEqualTo(restoring);
    assertThat(health.live(State.REBALANCING)).isEmpty();
  }

  @Test
  void aCrashLoopIsNotLive() {
    for (int i = 0; i < 5; i++) {
      replacement.handle(new StreamsException(new IllegalStateException("offset 42")));
    }
    assertThat(health.live(State.RUNNING)).contains("crash loop", "offset 42");
    assertThat(health.live(State.REBALANCING)).contains("crash loop");
  }

  /** A write to an unreachable broker fails after a minute. */
  @Test
  void anOutageIsLiveButNotReadyAllTheTime() {
    for (int second = 0; second < 600; second += 10) {
      if (second % 60 == 0) {
        replacement.handle(
            new StreamsException(new RegistryUnavailable("no answer", new IOException("503"))));
      }
      assertThat(health.live(State.RUNNING)).isEmpty();
      assertThat(health.ready(State.RUNNING)).as("second " + second).startsWith("paused");
      assertThat(health.ready(State.RUNNING)).contains("503");
      now = now.plusSeconds(10);
    }
    now = now.plus(Duration.ofMinutes(3));
    assertThat(health.ready(State.RUNNING)).isEmpty();
  }
}
