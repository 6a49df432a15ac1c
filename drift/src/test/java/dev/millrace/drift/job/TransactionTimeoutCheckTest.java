package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class TransactionTimeoutCheckTest {
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /** The default of the brokers, and of --transaction-timeout. */
  @Test
  void acceptsTheDefaults() {
    Configuration settings = DriftSettings.of(Duration.ofSeconds(2));

    assertThatCode(() -> TransactionTimeoutCheck.check(settings, LIMIT, LIMIT))
        .doesNotThrowAnyException();
  }

  @Test
  void countsTolerableCheckpointFailures() {
    Configuration settings = DriftSettings.of(Duration.ofSeconds(2));
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);

    assertThat(TransactionTimeoutCheck.needed(settings)).isGreaterThan(Duration.ofMinutes(22));
    assertThatThrownBy(() -> TransactionTimeoutCheck.check(settings, LIMIT, LIMIT))
        .hasMessageContaining("10 checkpoints in a row may fail");
  }

  @Test
  void countsTheIntervalForEachAttempt() {
    assertThatThrownBy(
            () ->
                TransactionTimeoutCheck.check(
                    DriftSettings.of(Duration.ofMinutes(2)), LIMIT, LIMIT))
        .hasMessageContaining("--checkpoint-interval");
  }

  @Test
  void rejectsATimeoutAboveTheBrokersLimit() {
    Configuration settings = DriftSettings.of(Duration.ofSeconds(2));

    assertThatThrownBy(() -> TransactionTimeoutCheck.check(settings, LIMIT, LIMIT.minusSeconds(1)))
        .hasMessageContaining("the brokers allow 899s");
  }
}
