package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.QualitySignals.Step;
import dev.millrace.drift.quality.CalmFigures;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Losses of quality, against the figures of calm windows. */
class QualityLossTest {
  private static final double ALPHA = 0.03 / 30;
  private static final QualitySignals SIGNALS =
      new QualitySignals(ALPHA, new CalmSpan(QualityDays.DAY, 7 * QualityDays.DAY));

  private final QualityDays days = new QualityDays();

  @Test
  void aLossBeyondTheVariationOfWindowsIsDrift() {
    Random random = new Random(1);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int window = 0; window < 30; window++) {
      Step step = step(baseline, QualityMetric.ROC_AUC, 0.75 + 0.01 * random.nextGaussian());
      assertThat(QualityDays.only(step).verdict())
          .isEqualTo(window < 14 ? Verdict.INSUFFICIENT : Verdict.OK);
      baseline = step.baseline();
    }

    Step lost = step(baseline, QualityMetric.ROC_AUC, 0.66);

    assertThat(QualityDays.only(lost).cause()).isEqualTo(Cause.QUALITY);
    assertThat(QualityDays.only(lost).verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(QualityDays.only(lost).level()).isBetween(0.07, 0.11);
    assertThat(QualityDays.only(lost).summary())
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

    assertThat(QualityDays.only(step(baseline, QualityMetric.RMSE, 8)).verdict())
        .isEqualTo(Verdict.OK);
    CauseSignal lost = QualityDays.only(step(baseline, QualityMetric.RMSE, 15));
    assertThat(lost.verdict()).isEqualTo(Verdict.DRIFT);
    assertThat(lost.level()).isBetween(0.3, 0.36);
  }

  /**
   * Windows of a few labels, whose errors have doubled: many of them are no alarm by themselves. An
   * episode lasts as long as the loss does, and ends after it.
   */
  @Test
  void anEpisodeLastsAsLongAsTheLoss() {
    Random random = new Random(5);
    int begun = 0;
    int endedEarly = 0;
    int resolved = 0;
    int notAlarms = 0;
    for (int stream = 0; stream < 50; stream++) {
      QualityBaseline baseline = QualityBaseline.NONE;
      CauseStatus status = CauseStatus.INITIAL;
      for (int window = 0; window < 80; window++) {
        boolean lost = window >= 40 && window < 60;
        double error = (lost ? 20 : 10) * (1 + 0.15 * random.nextGaussian());
        QualityReport report = days.report(QualityMetric.RMSE, error);
        report.setMetrics(
            List.of(new QualityFigure(QualityMetric.RMSE, error, 0.7 * error, 1.3 * error)));
        Step step = SIGNALS.of(report, null, baseline);
        baseline = step.baseline();
        CauseSignal signal = QualityDays.only(step);
        boolean before = status.firing();
        status = status.next(CauseFinding.of(signal, false), 3);
        notAlarms += lost && before && signal.verdict() == Verdict.OK ? 1 : 0;
        begun += !before && status.firing() ? 1 : 0;
        endedEarly += lost && before && !status.firing() ? 1 : 0;
      }
      resolved += status.firing() ? 0 : 1;
    }
    assertThat(begun).isBetween(35, 50);
    assertThat(notAlarms).isGreaterThan(150);
    assertThat(endedEarly).isLessThanOrEqualTo(5);
    assertThat(resolved).isGreaterThanOrEqualTo(48);
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
        alarms += QualityDays.only(step).verdict() == Verdict.DRIFT ? 1 : 0;
        baseline = step.baseline();
      }
    }
    // 200 streams of 30 windows at 1/1000; their figures vary by more than their intervals.
    assertThat(alarms).isLessThanOrEqualTo(12);
  }

  /** Rare positives: a window without one has no area, and its accuracy is another figure. */
  @Test
  void figuresOfDifferentMetricsAreNotCompared() {
    Random random = new Random(4);
    int alarms = 0;
    int compared = 0;
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 2_000; i++) {
      QualityReport report =
          days.report(QualityMetric.ACCURACY, 0.997 + 0.001 * random.nextGaussian());
      if (random.nextDouble() < 0.04) {
        report.setMetrics(
            List.of(
                QualityDays.figure(QualityMetric.ROC_AUC, 0.8 + 0.03 * random.nextGaussian()),
                report.getMetrics().get(0)));
      }
      Step step = SIGNALS.of(report, null, baseline);
      alarms += QualityDays.only(step).verdict() == Verdict.DRIFT ? 1 : 0;
      compared += QualityDays.only(step).verdict() == Verdict.OK ? 1 : 0;
      baseline = step.baseline();
    }
    assertThat(compared).isGreaterThan(1_900);
    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  @Test
  void aWindowWithoutTheComparedMetricIsInsufficient() {
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 14; i++) {
      QualityReport both = days.report(QualityMetric.ACCURACY, 0.997);
      both.setMetrics(
          List.of(QualityDays.figure(QualityMetric.ROC_AUC, 0.8), both.getMetrics().get(0)));
      baseline = SIGNALS.of(both, null, baseline).baseline();
    }
    Step without = SIGNALS.of(days.report(QualityMetric.ACCURACY, 0.5), null, baseline);
    assertThat(QualityDays.only(without).verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(QualityDays.only(without).summary()).isEqualTo("no roc auc in this window");
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
    assertThat(QualityDays.only(SIGNALS.of(accuracy(1), null, baseline)).verdict())
        .isEqualTo(Verdict.OK);
    assertThat(QualityDays.only(SIGNALS.of(accuracy(4), null, baseline)).verdict())
        .isEqualTo(Verdict.OK);
    assertThat(QualityDays.only(SIGNALS.of(accuracy(60), null, baseline)).verdict())
        .isEqualTo(Verdict.DRIFT);
  }

  /** Accuracy of 500 rows, with Wilson's interval. */
  private QualityReport accuracy(int errors) {
    double n = 500;
    double z = 1.96;
    double share = 1 - errors / n;
    double center = (share + z * z / 2 / n) / (1 + z * z / n);
    double half = z * Math.sqrt(share * (1 - share) / n + z * z / 4 / n / n) / (1 + z * z / n);
    QualityReport report = days.report(QualityMetric.ACCURACY, share);
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
      first = first < 0 && QualityDays.only(step).verdict() == Verdict.DRIFT ? i : first;
      baseline = step.baseline();
    }
    assertThat(first).isBetween(60, 300);
  }

  private Step step(QualityBaseline baseline, QualityMetric metric, double value) {
    return SIGNALS.of(days.report(metric, value), null, baseline);
  }

  /**
   * Two rows with the same error in each night have an interval without a width, beside days whose
   * interval is a hundred units of the label: one hour then has nearly all the weight.
   */
  @Test
  void anHourWithAnExactFigureIsNoMistake() {
    QualitySignals halves = new QualitySignals(ALPHA, new CalmSpan(QualityDays.DAY / 2, 0));
    Random random = new Random(11);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 60; i++) {
      boolean night = i % 2 == 0;
      Step step = halves.of(half(i, night, 1 + 0.02 * random.nextGaussian()), null, baseline);
      assertThat(QualityDays.only(step).verdict()).isNotEqualTo(Verdict.DRIFT);
      baseline = step.baseline();
    }

    assertThat(QualityDays.only(halves.of(half(61, false, 2), null, baseline)).verdict())
        .isEqualTo(Verdict.DRIFT);
  }

  private QualityReport half(int number, boolean night, double factor) {
    double error = night ? 0 : 5_000 * factor;
    double half = night ? 0 : 1_000;
    QualityReport report = days.report(QualityMetric.RMSE, error);
    report.setMetrics(
        List.of(new QualityFigure(QualityMetric.RMSE, error, error - half, error + half)));
    report.setWindowStart(Instant.ofEpochMilli(number * QualityDays.DAY / 2));
    report.setWindowEnd(Instant.ofEpochMilli((number + 1) * QualityDays.DAY / 2));
    return report;
  }

  /** Windows of ten seconds: as many as are needed, but of one hour. */
  @Test
  void aLossBeforeAWholeSeasonIsAWarning() {
    QualitySignals seconds = new QualitySignals(ALPHA, new CalmSpan(10_000, 7 * QualityDays.DAY));
    Random random = new Random(9);
    QualityBaseline baseline = QualityBaseline.NONE;
    for (int i = 0; i < 60; i++) {
      QualityReport calm = atSecond(10 * i, 0.75 + 0.01 * random.nextGaussian());
      Step step = seconds.of(calm, null, baseline);
      assertThat(QualityDays.only(step).verdict()).isEqualTo(Verdict.INSUFFICIENT);
      baseline = step.baseline();
    }
    QualityReport lost = atSecond(600, 0.6);

    assertThat(QualityDays.only(seconds.of(lost, null, baseline)).verdict())
        .isEqualTo(Verdict.WARNING);
    assertThat(
            QualityDays.only(
                    new QualitySignals(ALPHA, new CalmSpan(10_000, 0)).of(lost, null, baseline))
                .verdict())
        .isEqualTo(Verdict.DRIFT);
  }

  private QualityReport atSecond(int second, double auc) {
    QualityReport report = days.report(QualityMetric.ROC_AUC, auc);
    report.setWindowStart(Instant.ofEpochSecond(second));
    report.setWindowEnd(Instant.ofEpochSecond(second + 10));
    return report;
  }
}
