package dev.millrace.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateCheckTest {
  private static final Instant NOW = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration STEADY = Duration.ofSeconds(40);

  private final RateCheck pace = new RateCheck(6_000);

  @Test
  void aRateThatIsNotScoredInTimeIsReportedWithOneThatWouldBe() {
    assertThat(pace.look(after(6_000, 3_200, 17_000), STEADY))
        .contains(
            "falling behind: 6,000/s asked, 6,000 sent, 3,200 scored, latency 17.0 s; choose --rate"
                + " 2500 or less");
    assertThat(pace.look(after(6_000, 6_000, 150), STEADY)).isEmpty();
    assertThat(pace.summary())
        .as("the worst moment stays")
        .startsWith("fell behind: 6,000/s asked, 6,000 sent, 3,200 scored");
  }

  @Test
  void aSimulatorThatDoesNotSendTheRateIsReported() {
    assertThat(pace.look(after(4_000, 4_000, 150), STEADY))
        .hasValueSatisfying(line -> assertThat(line).contains("4,000 sent", "--rate 3200"));
  }

  @Test
  void aLoopThatScoresNothingIsFurthestBehind() {
    assertThat(pace.look(after(6_000, 0, 0), STEADY))
        .hasValueSatisfying(
            line -> assertThat(line).contains("nothing was scored", "choose a lower --rate"));
  }

  @Test
  void theBacklogOfTheWarmUpIsNotReported() {
    assertThat(pace.look(after(6_000, 3_200, 17_000), null)).isEmpty();
    assertThat(pace.look(after(6_000, 3_200, 17_000), Duration.ofSeconds(5))).isEmpty();
  }

  @Test
  void theUsualRunKeepsUp() {
    RateCheck usual = new RateCheck(200);
    assertThat(usual.look(after(196, 194, 145), STEADY)).isEmpty();
    assertThat(usual.summary()).isEqualTo("200/s asked, kept up with");
  }

  /** A state that has seen these rates for five seconds. */
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
