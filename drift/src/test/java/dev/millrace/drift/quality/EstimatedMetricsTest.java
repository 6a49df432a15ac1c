package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.quality.Metric.Name;
import dev.millrace.drift.quality.QualityRows.Row;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EstimatedMetricsTest {
  private static final int REPETITIONS = 200;

  /** Computed with scikit-learn 1.7.2, whose values in between are interpolated as well. */
  @Test
  void isotonicRegressionEqualsScikitLearn() {
    ScoreHistogram reference = new ScoreHistogram();
    int[] rows = {10, 20, 10, 30, 10};
    int[] positives = {1, 1, 4, 3, 9};
    int[] bins = new int[5];
    for (int i = 0; i < 5; i++) {
      bins[i] = ScoreBins.index(0.1 * (i + 1));
      reference.add(bins[i], true, positives[i]);
      reference.add(bins[i], false, rows[i] - positives[i]);
    }
    Calibration calibration = Calibration.of(reference);

    double[] expected = {1 / 15.0, 1 / 15.0, 0.175, 0.175, 0.9};
    for (int i = 0; i < 5; i++) {
      assertThat(calibration.probability(bins[i])).isEqualTo(expected[i], within(1e-12));
    }
    assertThat(calibration.probability(0)).isEqualTo(1 / 15.0, within(1e-12));
    assertThat(calibration.probability(ScoreBins.COUNT - 1)).isEqualTo(0.9, within(1e-12));
    assertThat(calibration.probability(ScoreBins.index(0.25))).isBetween(0.1, 0.14);
  }

  /** The mean over the labels' chance is the expectation itself. */
  @Test
  void expectsTheFiguresOfCalibratedScores() {
    Map<Name, Metric> estimated = estimate(QualityRows.ofScikitLearn(), Calibration.none());
    Random random = new Random(1);
    Map<Name, Double> sums = new EnumMap<>(Name.class);
    for (int i = 0; i < 400; i++) {
      BinaryCounts counts = new BinaryCounts();
      for (Row row : QualityRows.ofScikitLearn()) {
        counts.add(row.score(), row.decision(), random.nextDouble() < row.score());
      }
      BinaryMetrics.of(counts, Overdispersion.NONE)
          .forEach(metric -> sums.merge(metric.name(), metric.value(), Double::sum));
    }

    estimated.forEach(
        (name, metric) ->
            assertThat(metric.value())
                .as(name.name())
                .isCloseTo(Objects.requireNonNull(sums.get(name)) / 400, within(3e-3)));
  }

  /**
   * The inputs shift after the calibration, and the scores are distorted: the intervals contain
   * what the labels then show.
   */
  @Test
  void intervalsContainWhatLabelsShowUnderCovariateShift() {
    Map<Name, Integer> covered = new EnumMap<>(Name.class);
    Random random = new Random(2);
    for (int i = 0; i < REPETITIONS; i++) {
      Calibration calibration =
          Calibration.of(
              QualityRows.counts(distorted(QualityRows.calibrated(random, 5_000, 0))).scores());
      List<Row> rows = distorted(QualityRows.calibrated(random, 800, 0.8));
      Map<Name, Metric> truth =
          QualityRows.byName(BinaryMetrics.of(QualityRows.counts(rows), Overdispersion.NONE));
      estimate(rows, calibration)
          .forEach(
              (name, metric) -> {
                Interval interval = Objects.requireNonNull(metric.interval());
                double shown = Objects.requireNonNull(truth.get(name)).value();
                covered.merge(name, interval.contains(shown) ? 1 : 0, Integer::sum);
              });
    }

    assertThat(covered)
        .containsOnlyKeys(
            Name.ACCURACY, Name.PRECISION, Name.RECALL, Name.F1, Name.BASE_RATE, Name.ROC_AUC);
    covered.forEach(
        (name, times) ->
            assertThat(times / (double) REPETITIONS).as(name.name()).isGreaterThan(0.91));
  }

  /** Without reference rows the same distorted scores are estimated wrongly. */
  @Test
  void scoresThatAreNotCalibratedMislead() {
    List<Row> rows = distorted(QualityRows.calibrated(new Random(3), 5_000, 0));
    double shown =
        Objects.requireNonNull(
                QualityRows.byName(BinaryMetrics.of(QualityRows.counts(rows), Overdispersion.NONE))
                    .get(Name.ACCURACY))
            .value();
    Metric estimated =
        Objects.requireNonNull(estimate(rows, Calibration.none()).get(Name.ACCURACY));

    assertThat(estimated.value()).isNotCloseTo(shown, within(0.03));
    assertThat(Calibration.none().isFitted()).isFalse();
  }

  @Test
  void estimatesNothingWithoutProbabilitiesOrDecisions() {
    PredictionCounts margins = new PredictionCounts();
    margins.add(-3, false);
    assertThat(EstimatedMetrics.of(margins, Calibration.none(), Overdispersion.NONE)).isEmpty();
    assertThat(EstimatedMetrics.of(new PredictionCounts(), Calibration.none(), Overdispersion.NONE))
        .isEmpty();

    PredictionCounts undecided = new PredictionCounts();
    for (int i = 0; i < 100; i++) {
      undecided.add(0.3, null);
    }
    assertThat(EstimatedMetrics.of(undecided, Calibration.none(), Overdispersion.NONE))
        .extracting(Metric::name)
        .containsExactly(Name.BASE_RATE, Name.ROC_AUC);
  }

  /** Scores pushed towards 0 and 1: a model that is too sure of itself. */
  private static List<Row> distorted(List<Row> rows) {
    return rows.stream()
        .map(
            row -> {
              double odds = row.score() / (1 - row.score());
              double sure = odds * odds * Math.sqrt(odds);
              return QualityRows.row(sure / (1 + sure), row.label());
            })
        .toList();
  }

  private static Map<Name, Metric> estimate(List<Row> rows, Calibration calibration) {
    PredictionCounts counts = new PredictionCounts();
    rows.forEach(row -> counts.add(row.score(), row.decision()));
    return QualityRows.byName(EstimatedMetrics.of(counts, calibration, Overdispersion.NONE));
  }
}
