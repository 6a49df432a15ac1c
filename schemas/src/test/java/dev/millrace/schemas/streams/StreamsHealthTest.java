package dev.millrace.schemas.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.wire.RegistryUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class StreamsHealthTest {
  private final ThreadReplacement replacement =
      new ThreadReplacement(thrown -> true, thrown -> {}, Duration.ZERO, () -> Instant.EPOCH);
  private final StreamsHealth health = new StreamsHealth(replacement);

  @Test
  void aRunningServiceIsLiveAndReady() {
    assertThat(health.live(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.REBALANCING)).isEqualTo("streams are REBALANCING");
    assertThat(health.live(State.ERROR)).isEqualTo("streams are ERROR");
  }

  @Test
  void aCrashLoopIsNotLive() {
    for (int i = 0; i < 5; i++) {
      replacement.handle(new StreamsException(new IllegalStateException("offset 42")));
    }
    assertThat(health.live(State.RUNNING)).contains("crash loop", "offset 42");
    assertThat(health.live(State.REBALANCING)).contains("crash loop");
  }

  @Test
  void anOutageIsLiveButNotReady() {
    for (int i = 0; i < 50; i++) {
      replacement.handle(
          new StreamsException(new RegistryUnavailable("no answer", new IOException("503"))));
    }
    assertThat(health.live(State.RUNNING)).isEmpty();
    assertThat(health.ready(State.RUNNING)).startsWith("paused").contains("503");
  }
}
