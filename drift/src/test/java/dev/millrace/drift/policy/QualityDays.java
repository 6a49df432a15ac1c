package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.policy.QualitySignals.Step;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Quality reports of one day after the other. */
final class QualityDays {
  static final long DAY = Duration.ofDays(1).toMillis();

  private long window;

  QualityReport report(QualityMetric metric, double value) {
    return QualityReport.newBuilder()
        .setId("id")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion("v")
        .setRole(Role.CHAMPION)
        .setWindowStart(Instant.ofEpochMilli(window * DAY))
        .setWindowEnd(Instant.ofEpochMilli(++window * DAY))
        .setEstimated(false)
        .setCalibrated(false)
        .setPredictions(500)
        .setObserved(400)
        .setAssumed(100)
        .setExcluded(0)
        .setDispersion(1)
        .setMetrics(List.of(figure(metric, value)))
        .setDisparities(List.of())
        .setPartLabels(List.of())
        .setPartErrors(List.of())
        .build();
  }

  static QualityFigure figure(QualityMetric metric, double value) {
    return QualityFigure.newBuilder()
        .setMetric(metric)
        .setValue(value)
        .setLower(value - 0.02)
        .setUpper(value + 0.02)
        .build();
  }

  /** The only signal of a window. */
  static CauseSignal only(Step step) {
    assertThat(step.signals()).hasSize(1);
    return step.signals().get(0);
  }
}
