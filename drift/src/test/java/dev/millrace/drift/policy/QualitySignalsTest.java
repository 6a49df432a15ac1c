package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.QualitySignals.Step;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.ConceptMonitor;
import dev.millrace.drift.quality.Disparity.Measure;
import dev.millrace.drift.quality.FairnessMonitor;
import dev.millrace.drift.quality.OpenDisparities.Pair;
import dev.millrace.drift.quality.PartCounts;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.RateHistory.Ratio;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.DecisionCounts;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QualitySignalsTest {
  private static final double ALPHA = 0.03 / 30;
  private static final QualitySignals SIGNALS =
      new QualitySignals(ALPHA, new CalmSpan(QualityDays.DAY, 7 * QualityDays.DAY));

  private final QualityDays days = new QualityDays();

  /** The estimated change is in the first window, the report of the alarm is of a later one. */
  @Test
  void conceptDriftBeginsWithTheWindowOfTheEstimatedChange() {
    for (int day = 0; day < 3; day++) {
      days.report(QualityMetric.NONE, 0);
    }
    CauseSignal signal = concept(ConceptStatus.DRIFT, ConceptDirection.WORSE);
    assertThat(signal.windowStartMillis()).isEqualTo(3 * QualityDays.DAY);
    assertThat(signal.changeMillis()).isZero();
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
        .isEqualTo("share of wrong decisions 0.200 to 0.300, odds ratio 1.71");
  }

  /**
   * Errors of 0.2, which are the reference, of 0.5 for three windows, and then of 0.1 until the
   * end.
   */
  @Test
  void fewerErrorsThanTheReferenceEndTheEpisode() {
    Random random = new Random(1);
    ConceptMonitor monitor =
        new ConceptMonitor(0.04 / 30, new CalmSpan(QualityDays.DAY, 7 * QualityDays.DAY));
    ConceptMemory memory = ConceptMemory.of(List.of());
    CauseStatus status = CauseStatus.INITIAL;
    String last = "";
    for (int day = 0; day < 47; day++) {
      ConceptMonitor.Step step =
          monitor.next(
              memory, day * QualityDays.DAY, errors(random, day < 24 ? 0.2 : day < 27 ? 0.5 : 0.1));
      memory = step.memory();
      QualityReport report = days.report(QualityMetric.NONE, 0);
      report.setDecisions(new DecisionCounts("score >= 0.5", 1L, 1L, 1L, 1L));
      report.setConcept(step.result());
      CauseSignal signal = QualityDays.only(SIGNALS.of(report, null, QualityBaseline.NONE));
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
    Ratio half = new Ratio("region=north", Measure.POSITIVE_RATE, 0.5, 14, 20, 1e-9);
    Ratio more = new Ratio("region=south", Measure.TRUE_POSITIVE_RATE, 1.5, 14, 20, 1e-9);

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

  @Test
  void aDisparityThatCannotBeComparedIsNotOk() {
    List<Pair> pairs =
        List.of(
            new Pair("region=north", Measure.TRUE_POSITIVE_RATE, 20),
            new Pair("region=south", Measure.POSITIVE_RATE, 20));
    FairnessMonitor.Step fairness =
        new FairnessMonitor.Step(6, List.of(), pairs, false, FairnessMonitor.Memory.NONE);
    CauseSignal signal =
        QualityDays.only(
            SIGNALS.of(days.report(QualityMetric.NONE, 0), fairness, QualityBaseline.NONE));
    assertThat(signal.verdict()).isEqualTo(Verdict.INSUFFICIENT);
    assertThat(signal.summary())
        .isEqualTo(
            "true positive rate of region=north and 1 more cannot be compared any more, since rows"
                + " or labels are too few");
  }

  private CauseSignal fairness(int tested, List<Ratio> found) {
    FairnessMonitor.Step fairness =
        new FairnessMonitor.Step(
            tested, found, List.of(), tested > 0 && found.isEmpty(), FairnessMonitor.Memory.NONE);
    Step step = SIGNALS.of(days.report(QualityMetric.NONE, 0), fairness, QualityBaseline.NONE);
    assertThat(QualityDays.only(step).cause()).isEqualTo(Cause.FAIRNESS);
    return QualityDays.only(step);
  }

  private CauseSignal concept(ConceptStatus state, ConceptDirection direction) {
    QualityReport report = days.report(QualityMetric.NONE, 0);
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
    return QualityDays.only(SIGNALS.of(report, null, QualityBaseline.NONE));
  }
}
