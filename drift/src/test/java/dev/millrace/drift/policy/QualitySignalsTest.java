package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.QualitySignals.Step;
import dev.millrace.drift.quality.CalmFigures;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.ConceptMonitor;
import dev.millrace.drift.quality.Disparity.Measure;
import dev.millrace.drift.quality.FairnessMonitor;
import dev.millrace.drift.quality.PartCounts;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.RateHistory.Ratio;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.DecisionCounts;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QualitySignalsTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final double ALPHA = 0.03 / 30;
  private static final QualitySignals SIGNALS =
      new QualitySignals(ALPHA, new CalmSpan(DAY, 7 * DAY));

  private long window;

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
    // 200 streams of 30 windows at 1/1000; their figures vary by more than their intervals.
    assertThat(alarms).isLessThanOrEqualTo(12);
  }

  @Test
  void moreErrorsAreDriftAndFewerAreNot() {
    assertThat(concept(ConceptStatus.DRIFT, ConceptDirection.WORSE).verdict())
        .isEqualTo(Verdict.DRIFT);
    assertThat(concept(ConceptStatus.DRIFT, ConceptDirection.BETTER).verdict())
        .isEqualTo(Verdict.OK);
    assertThat(concept(ConceptStatus.OK, ConceptDirection.WORSE).verdict()).isEqualTo(Verdict.OK);
    assertThat(concept(ConceptStatus.WARNING, ConceptDirection.WORSE).verdict())
        .isEqualTo(Verdict.WARNING);
    CauseSignal calibrating = concept(ConceptStatus.CALIBRATING, ConceptDirection.NONE);
    assertThat(calibrating.verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(calibrating.summary())
        .isEqualTo(
            "share of wrong decisions 0.200 to 0.300 since 1970-01-01T00:00:05Z, odds ratio 1.71");
  }

  /** Errors of 0.2, which are the reference, of 0.5 for three windows, and then of 0.1 for good. */
  @Test
  void fewerErrorsThanTheReferenceEndTheEpisode() {
    Random random = new Random(1);
    ConceptMonitor monitor = new ConceptMonitor(0.04 / 30, new CalmSpan(DAY, 7 * DAY));
    ConceptMemory memory = ConceptMemory.of(List.of());
    CauseStatus status = CauseStatus.INITIAL;
    String last = "";
    for (int day = 0; day < 47; day++) {
      ConceptMonitor.Step step =
          monitor.next(memory, day * DAY, errors(random, day < 24 ? 0.2 : day < 27 ? 0.5 : 0.1));
      memory = step.memory();
      QualityReport report = report(QualityMetric.NONE, 0);
      report.setDecisions(new DecisionCounts("score >= 0.5", 1L, 1L, 1L, 1L));
      report.setConcept(step.result());
      CauseSignal signal = only(SIGNALS.of(report, null, QualityBaseline.NONE));
      status = status.next(CauseFinding.of(signal, false), 3);
      if (day == 26) {
        assertThat(step.result().getDirection()).isEqualTo(ConceptDirection.WORSE);
        assertThat(status.firing()).isTrue();
      }
      if (day > 36) {
        assertThat(step.result().getState()).isEqualTo(ConceptStatus.DRIFT);
        assertThat(step.result().getDirection()).isEqualTo(ConceptDirection.BETTER);
      }
      last = signal.summary();
    }
    assertThat(status.firing()).isFalse();
    assertThat(last).startsWith("fewer errors than the reference, share of wrong decisions 0.2");
    assertThat(status.episode()).isEqualTo(1);
  }

  /** A window of 1,984 independent rows. */
  private static PartCounts errors(Random random, double rate) {
    List<Long> rows = new ArrayList<>();
    List<Long> errors = new ArrayList<>();
    for (int part = 0; part < PartCounts.PARTS; part++) {
      rows.add(31L);
      errors.add(random.doubles(31).filter(each -> each < rate).count());
    }
    return PartCounts.of(rows, errors);
  }

  @Test
  void disparitiesNameTheirSlices() {
    Ratio half = new Ratio("region=north", Measure.POSITIVE_RATE, 0.5, 14, 1e-9);
    Ratio more = new Ratio("region=south", Measure.TRUE_POSITIVE_RATE, 1.5, 14, 1e-9);

    CauseSignal unfair = fairness(6, List.of(half, more));
    assertThat(unfair.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(unfair.slices()).containsExactly("region=north", "region=south");
    assertThat(unfair.level()).isEqualTo(0.5);
    assertThat(unfair.summary())
        .isEqualTo(
            "positive rate of region=north is 0.50 times that of the others, over 14 windows or days");
    assertThat(fairness(6, List.of()).verdict()).isEqualTo(Verdict.OK);
    assertThat(fairness(0, List.of()).verdict()).isEqualTo(Verdict.INSUFFICIENT);
  }

  /** Rare positives: a window without one has no area, and its accuracy is another figure. */
  @Test
  void figuresOfDifferentMetricsAreNotCompared() {
    Random random = new Random(4);
    int alarms = 0;
    int compared = 0;
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 2_000; i++) {
      QualityReport report = report(QualityMetric.ACCURACY, 0.997 + 0.001 * random.nextGaussian());
      if (random.nextDouble() < 0.04) {
        report.setMetrics(
            List.of(
                figure(QualityMetric.ROC_AUC, 0.8 + 0.03 * random.nextGaussian()),
                report.getMetrics().get(0)));
      }
      Step step = SIGNALS.of(report, null, baseline);
      alarms += only(step).verdict() == Verdict.DRIFT ? 1 : 0;
      compared += only(step).verdict() == Verdict.OK ? 1 : 0;
      baseline = step.baseline();
    }
    assertThat(compared).isGreaterThan(1_900);
    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  @Test
  void aWindowWithoutTheComparedMetricIsInsufficient() {
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 14; i++) {
      QualityReport both = report(QualityMetric.ACCURACY, 0.997);
      both.setMetrics(List.of(figure(QualityMetric.ROC_AUC, 0.8), both.getMetrics().get(0)));
      baseline = SIGNALS.of(both, null, baseline).baseline();
    }
    Step without = SIGNALS.of(report(QualityMetric.ACCURACY, 0.5), null, baseline);
    assertThat(only(without).verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(only(without).summary()).isEqualTo("no roc auc in this window");
    assertThat(without.baseline().metrics())
        .extracting(CalmFigures::metric)
        .containsExactly(QualityMetric.ROC_AUC);
  }

  @Test
  void oneErrorAfterPerfectWindowsIsNoLoss() {
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 20; i++) {
      baseline = SIGNALS.of(accuracy(0), null, baseline).baseline();
    }
    assertThat(only(SIGNALS.of(accuracy(1), null, baseline)).verdict()).isEqualTo(Verdict.OK);
    assertThat(only(SIGNALS.of(accuracy(4), null, baseline)).verdict()).isEqualTo(Verdict.OK);
    assertThat(only(SIGNALS.of(accuracy(60), null, baseline)).verdict()).isEqualTo(Verdict.DRIFT);
  }

  /** Accuracy of 500 rows, with Wilson's interval. */
  private QualityReport accuracy(int errors) {
    double n = 500;
    double z = 1.96;
    double share = 1 - errors / n;
    double center = (share + z * z / 2 / n) / (1 + z * z / n);
    double half = z * Math.sqrt(share * (1 - share) / n + z * z / 4 / n / n) / (1 + z * z / n);
    QualityReport report = report(QualityMetric.ACCURACY, share);
    QualityFigure figure = report.getMetrics().get(0);
    figure.setLower(center - half);
    figure.setUpper(center + half);
    return report;
  }

  @Test
  void aSlowLossIsNotLearned() {
    Random random = new Random(5);
    QualityBaseline baseline = QualityBaseline.NONE;
    int first = -1;
    for (int i = 0; i < 460; i++) {
      double level = i < 60 ? 0.8 : 0.8 - 0.2 * (i - 60) / 400;
      Step step = step(baseline, QualityMetric.ROC_AUC, level + 0.01 * random.nextGaussian());
      first = first < 0 && only(step).verdict() == Verdict.DRIFT ? i : first;
      baseline = step.baseline();
    }
    assertThat(first).isBetween(60, 300);
  }

  private CauseSignal fairness(int tested, List<Ratio> found) {
    FairnessMonitor.Step fairness =
        new FairnessMonitor.Step(tested, found, FairnessMonitor.Memory.NONE);
    Step step = SIGNALS.of(report(QualityMetric.NONE, 0), fairness, QualityBaseline.NONE);
    assertThat(only(step).cause()).isEqualTo(Cause.FAIRNESS);
    return only(step);
  }

  private CauseSignal concept(ConceptStatus state, ConceptDirection direction) {
    QualityReport report = report(QualityMetric.NONE, 0);
    report.setDecisions(new DecisionCounts("score >= 0.5", 1L, 1L, 1L, 1L));
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
    return only(SIGNALS.of(report, null, QualityBaseline.NONE));
  }

  private static CauseSignal only(Step step) {
    assertThat(step.signals()).hasSize(1);
    return step.signals().get(0);
  }

  private Step step(QualityBaseline baseline, QualityMetric metric, double value) {
    return SIGNALS.of(report(metric, value), null, baseline);
  }

  private QualityReport report(QualityMetric metric, double value) {
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

  private static QualityFigure figure(QualityMetric metric, double value) {
    return QualityFigure.newBuilder()
        .setMetric(metric)
        .setValue(value)
        .setLower(value - 0.02)
        .setUpper(value + 0.02)
        .build();
  }

  /** Windows of ten seconds: as many as are needed, but of one hour. */
  @Test
  void aLossBeforeAWholeSeasonIsAWarning() {
    QualitySignals seconds = new QualitySignals(ALPHA, new CalmSpan(10_000, 7 * DAY));
    Random random = new Random(9);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 60; i++) {
      QualityReport calm = atSecond(10 * i, 0.75 + 0.01 * random.nextGaussian());
      Step step = seconds.of(calm, null, baseline);
      assertThat(only(step).verdict()).isEqualTo(Verdict.INSUFFICIENT);
      baseline = step.baseline();
    }
    QualityReport lost = atSecond(600, 0.6);

    assertThat(only(seconds.of(lost, null, baseline)).verdict()).isEqualTo(Verdict.WARNING);
    assertThat(
            only(new QualitySignals(ALPHA, new CalmSpan(10_000, 0)).of(lost, null, baseline))
                .verdict())
        .isEqualTo(Verdict.DRIFT);
  }

  private QualityReport atSecond(int second, double auc) {
    QualityReport report = report(QualityMetric.ROC_AUC, auc);
    report.setWindowStart(Instant.ofEpochSecond(second));
    report.setWindowEnd(Instant.ofEpochSecond(second + 10));
    return report;
  }
}
