package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.AlertSeverity;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertMessagesTest {
  @ParameterizedTest
  @CsvSource({"0, p < 1e-300", "1e-310, p < 1e-300", "2e-40, p 2.0e-40", "0.04, p 4.0e-02"})
  void aPValueIsNeverZero(double p, String text) {
    FeatureDrift drifted =
        FeatureDrift.newBuilder()
            .setFeature("amount")
            .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
            .setStatistic(0.31)
            .setPValue(p)
            .setPsi(0)
            .setJensenShannon(0.283)
            .setN(1)
            .setReferenceN(1)
            .setNulls(0)
            .setInvalid(0)
            .setVerdict(dev.millrace.schemas.avro.Verdict.DRIFT)
            .build();

    assertThat(AlertMessages.describe(List.of(drifted)))
        .isEqualTo("amount (KOLMOGOROV_SMIRNOV 0.310, " + text + ", Jensen-Shannon 0.283)");
  }

  /** A regression is neither right nor wrong. */
  @Test
  void theMessageOfConceptDriftHasTheErrorsOfARegression() {
    Instant since = Instant.parse("2026-03-02T00:00:00Z");
    CauseSignal signal =
        new CauseSignal(
            Cause.CONCEPT,
            "v1",
            since.toEpochMilli(),
            since.toEpochMilli() + 1,
            Verdict.DRIFT,
            0.5,
            "mean absolute error 4.2 to 8.4 in the unit of the label",
            List.of(),
            since.minusSeconds(86_400).toEpochMilli());
    AlertMessages messages = new AlertMessages(ModelReference.none("shop", "delivery", "v1"));

    assertThat(messages.firing(AlertSeverity.CRITICAL, CauseFinding.of(signal, false), null))
        .isEqualTo(
            "CRITICAL: errors of model shop/delivery (version v1) have increased since 2026-03-01T00:00:00Z:"
                + " mean absolute error 4.2 to 8.4 in the unit of the label.");
    assertThat(messages.resolved(CauseFinding.of(signal, false), since, since.plusSeconds(60), 3))
        .startsWith(
            "Resolved: errors of model shop/delivery (version v1) have increased, with alarms from")
        .endsWith("windows are calm. The newest: " + signal.summary() + ".");
  }
}
