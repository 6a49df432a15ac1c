package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.QualitySignals.Step;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.DisparityMeasure;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.SliceDisparity;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QualitySignalsTest {
  private static final QualitySignals SIGNALS = new QualitySignals(1 / 30.0);

  @Test
  void aLossBeyondTheVariationOfWindowsIsDrift() {
    Random random = new Random(1);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int window = 0; window < 30; window++) {
      Step step = step(baseline, QualityMetric.ROC_AUC, 0.75 + 0.01 * random.nextGaussian());
      assertThat(only(step).verdict()).isEqualTo(window < 14 ? Verdict.INSUFFICIENT : Verdict.OK);
      baseline = step.baseline();
    }

    Step lost = step(baseline, QualityMetric.ROC_AUC, 0.66);

    assertThat(only(lost).cause()).isEqualTo(Cause.QUALITY);
    assertThat(only(lost).verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(only(lost).level()).isBetween(0.07, 0.11);
    assertThat(only(lost).summary())
        .matches("roc auc 0\\.7\\d+ to 0\\.660, 95 % interval 0\\.640 to 0\\.680, 500 labels");
    assertThat(lost.baseline()).isEqualTo(baseline);
  }

  @Test
  void aGreaterErrorOfARegressionIsALoss() {
    Random random = new Random(2);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int window = 0; window < 20; window++) {
      baseline = step(baseline, QualityMetric.RMSE, 10 + 0.2 * random.nextGaussian()).baseline();
    }

    assertThat(only(step(baseline, QualityMetric.RMSE, 8)).verdict()).isEqualTo(Verdict.OK);
    CauseSignal lost = only(step(baseline, QualityMetric.RMSE, 15));
    assertThat(lost.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(lost.level()).isBetween(0.3, 0.36);
  }

  /** The share of false alarms of normal windows: one of 14 windows is compared with the rest. */
  @Test
  void keepsItsLevel() {
    Random random = new Random(3);
    int alarms = 0;
    for (int stream = 0; stream < 200; stream++) {
      QualityBaseline baseline = QualityBaseline.NONE;
      for (int window = 0; window < 44; window++) {
        Step step = step(baseline, QualityMetric.ACCURACY, 0.8 + 0.05 * random.nextGaussian());
        alarms += only(step).verdict() == Verdict.DRIFT ? 1 : 0;
        baseline = step.baseline();
      }
    }
    // 200 streams of 30 windows at 1/600.
    assertThat(alarms).isLessThanOrEqualTo(18);
  }

  @Test
  void moreErrorsAreDriftAndFewerAreAWarning() {
    assertThat(concept(ConceptStatus.DRIFT, ConceptDirection.WORSE).verdict())
        .isEqualTo(Verdict.DRIFT);
    assertThat(concept(ConceptStatus.DRIFT, ConceptDirection.BETTER).verdict())
        .isEqualTo(Verdict.WARNING);
    assertThat(concept(ConceptStatus.OK, ConceptDirection.WORSE).verdict()).isEqualTo(Verdict.OK);
    CauseSignal calibrating = concept(ConceptStatus.CALIBRATING, ConceptDirection.NONE);
    assertThat(calibrating.verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(calibrating.summary())
        .isEqualTo(
            "share of wrong decisions 0.200 to 0.300 since 1970-01-01T00:00:05Z, odds ratio 1.71");
  }

  @Test
  void disparitiesNameTheirSlices() {
    QualityReport north = report(QualityMetric.NONE, 0);
    north.setSliceField("region");
    north.setSliceValue("north");
    north.setDisparities(List.of(disparity(0.5, true), disparity(0.9, false)));
    QualityReport south = report(QualityMetric.NONE, 0);
    south.setSliceField("region");
    south.setSliceValue("south");
    south.setDisparities(List.of(disparity(1.1, false)));

    CauseSignal unfair = fairness(List.of(north, south));
    assertThat(unfair.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(unfair.slices()).containsExactly("region=north");
    assertThat(unfair.level()).isEqualTo(0.5);
    assertThat(unfair.summary()).startsWith("positive rate of region=north 0.100, of the others");
    assertThat(fairness(List.of(south)).verdict()).isEqualTo(Verdict.OK);
    south.setDisparities(List.of());
    assertThat(fairness(List.of(south)).verdict()).isEqualTo(Verdict.INSUFFICIENT);
  }

  private static CauseSignal fairness(List<QualityReport> slices) {
    Step step = SIGNALS.of(report(QualityMetric.NONE, 0), slices, QualityBaseline.NONE);
    assertThat(only(step).cause()).isEqualTo(Cause.FAIRNESS);
    return only(step);
  }

  private static SliceDisparity disparity(double ratio, boolean alarm) {
    return new SliceDisparity(
        DisparityMeasure.POSITIVE_RATE, 0.1, 0.1 / ratio, ratio, ratio / 2, ratio * 2, 0.1, alarm);
  }

  private static CauseSignal concept(ConceptStatus state, ConceptDirection direction) {
    QualityReport report = report(QualityMetric.NONE, 0);
    report.setConcept(
        ConceptResult.newBuilder()
            .setState(state)
            .setDirection(direction)
            .setSince(Instant.ofEpochSecond(5))
            .setStatistic(1)
            .setThreshold(2)
            .setErrorBefore(0.2)
            .setErrorSince(0.3)
            .setOddsRatio(0.3 / 0.7 / 0.25)
            .setDispersion(1)
            .setReferenceLabels(1)
            .setWindowsMissing(0)
            .build());
    return only(SIGNALS.of(report, List.of(), QualityBaseline.NONE));
  }

  private static CauseSignal only(Step step) {
    assertThat(step.signals()).hasSize(1);
    return step.signals().get(0);
  }

  private static Step step(QualityBaseline baseline, QualityMetric metric, double value) {
    return SIGNALS.of(report(metric, value), List.of(), baseline);
  }

  private static QualityReport report(QualityMetric metric, double value) {
    return QualityReport.newBuilder()
        .setId("id")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion("v")
        .setRole(Role.CHAMPION)
        .setWindowStart(Instant.EPOCH)
        .setWindowEnd(Instant.ofEpochSecond(60))
        .setEstimated(false)
        .setCalibrated(false)
        .setPredictions(500)
        .setObserved(400)
        .setAssumed(100)
        .setExcluded(0)
        .setDispersion(1)
        .setMetrics(
            List.of(
                QualityFigure.newBuilder()
                    .setMetric(metric)
                    .setValue(value)
                    .setLower(value - 0.02)
                    .setUpper(value + 0.02)
                    .build()))
        .setDisparities(List.of())
        .setPartLabels(List.of())
        .setPartErrors(List.of())
        .build();
  }
}
