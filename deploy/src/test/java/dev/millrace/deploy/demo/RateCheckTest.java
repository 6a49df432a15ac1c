package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateCheckTest {
  private static final Instant NOW = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration STEADY = Duration.ofSeconds(40);

  private final RateCheck check = new RateCheck(6_000);

  @Test
  void aRateThatIsNotSustainedIsReportedWithALowerOne() {
    assertThat(check.check(after(6_000, 3_200, 17_000), STEADY))
        .contains(
            "rate not sustained: 6,000/s requested, 6,000 sent, 3,200 scored, latency 17.0 s; choose --rate"
                + " 2500 or less");
    assertThat(check.check(after(6_000, 6_000, 150), STEADY)).isEmpty();
    assertThat(check.summary())
        .as("summary of the worst moment")
        .startsWith("not sustained: 6,000/s requested, 6,000 sent, 3,200 scored");
  }

  @Test
  void aSimulatorBelowTheRateIsReported() {
    assertThat(check.check(after(4_000, 4_000, 150), STEADY))
        .hasValueSatisfying(line -> assertThat(line).contains("4,000 sent", "--rate 3200"));
  }

  @Test
  void aPipelineWithoutPredictionsIsReported() {
    assertThat(check.check(after(6_000, 0, 0), STEADY))
        .hasValueSatisfying(
            line -> assertThat(line).contains("no predictions", "choose a lower --rate"));
  }

  @Test
  void theBacklogOfTheWarmUpIsNotReported() {
    assertThat(check.check(after(6_000, 3_200, 17_000), null)).isEmpty();
    assertThat(check.check(after(6_000, 3_200, 17_000), Duration.ofSeconds(5))).isEmpty();
  }

  @Test
  void theUsualRateIsSustained() {
    RateCheck usual = new RateCheck(200);
    assertThat(usual.check(after(196, 194, 145), STEADY)).isEmpty();
    assertThat(usual.summary()).isEqualTo("200/s requested, sustained");
  }

  /** The statistics after five seconds of these rates. */
  private static PipelineStatistics.Snapshot after(int sent, int scored, long latencyMillis) {
    PipelineStatistics state = new PipelineStatistics();
    state.measureLatencySince(Instant.EPOCH);
    for (int i = 0; i < sent * 5; i++) {
      state.event(NOW);
    }
    for (int i = 0; i < scored * 5; i++) {
      state.prediction(NOW, 0, NOW.toEpochMilli() - latencyMillis);
    }
    return state.snapshot(NOW);
  }
}
