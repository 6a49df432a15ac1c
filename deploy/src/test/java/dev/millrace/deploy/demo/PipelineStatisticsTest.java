package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PipelineStatisticsTest {
  private final PipelineStatistics state = new PipelineStatistics();
  private final Instant now = Instant.parse("2026-01-05T00:00:00Z");

  @Test
  void latencyIncludesOnlyEventsPublishedSinceTheReset() {
    predicted(now, 60_000);
    state.measureLatencySince(now);
    predicted(now.plusMillis(1), 60_000);
    predicted(now.plusMillis(200), 150);

    assertThat(state.snapshot(now).p50Millis()).isEqualTo(150);
    assertThat(state.snapshot(now).p99Millis()).isEqualTo(150);
    assertThat(state.snapshot(now).predictions()).isEqualTo(3);
    assertThat(state.snapshot(now).firstPrediction()).isEqualTo(now);
  }

  private void predicted(Instant at, long latencyMillis) {
    state.prediction(at, 0, at.toEpochMilli() - latencyMillis);
  }
}
