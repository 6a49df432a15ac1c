package dev.millrace.drift.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JoinClocksTest {
  private static final long MATURITY = 1_000;
  private static final long SILENCE = 300_000;

  private long nowMillis;
  private final JoinClocks clocks =
      new JoinClocks(MATURITY, Duration.ofMillis(SILENCE), () -> nowMillis);

  @Test
  void silentLabelsAMaturityBehindHaveStalled() {
    clocks.labels(500);
    clocks.labelsSilent(true);
    predictions(500 + MATURITY);
    assertThat(clocks.stalled()).isFalse();

    predictions(501 + MATURITY);
    assertThat(clocks.stalled()).isTrue();
    assertThat(clocks.behindMillis()).isEqualTo(1 + MATURITY);

    clocks.labelsSilent(false);
    clocks.advance();
    assertThat(clocks.stalled()).isFalse();
  }

  @Test
  void usesTheFirstPredictionsIfThereWasNoLabel() {
    clocks.labelsSilent(true);
    predictions(1_700_000_000_000L);
    assertThat(clocks.stalled()).isFalse();

    predictions(1_700_000_000_001L + MATURITY);
    assertThat(clocks.stalled()).isTrue();
  }

  /** After a start, days of predictions are read before the first label. */
  @Test
  void dropsPredictionsOnlyAfterASilenceOfTheWallClock() {
    clocks.labelsSilent(true);
    predictions(100 * MATURITY);
    nowMillis += SILENCE - 1;
    predictions(101 * MATURITY);
    assertThat(clocks.timersMillis()).isEqualTo(Long.MIN_VALUE);

    clocks.labelsSilent(true);
    nowMillis += 1;
    predictions(102 * MATURITY);
    assertThat(clocks.timersMillis()).isEqualTo(92 * MATURITY);
  }

  @Test
  void eachLabelRestartsTheTimeout() {
    clocks.labelsSilent(true);
    nowMillis += SILENCE;
    clocks.labelsSilent(false);
    clocks.labelsSilent(true);
    predictions(100 * MATURITY);

    assertThat(clocks.timersMillis()).isEqualTo(Long.MIN_VALUE);
  }

  /** After the end of a bounded input no more predictions come, so state is bounded anyway. */
  @Test
  void theEndOfPredictionsDropsNone() {
    clocks.labelsSilent(true);
    predictions(Long.MAX_VALUE);

    assertThat(clocks.timersMillis()).isEqualTo(Long.MIN_VALUE);
  }

  private void predictions(long millis) {
    clocks.predictions(millis);
    clocks.advance();
  }
}
