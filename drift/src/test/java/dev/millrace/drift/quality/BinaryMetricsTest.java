package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.quality.Metric.Name;
import dev.millrace.drift.quality.QualityRows.Row;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BinaryMetricsTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /** Scores are in bins of their own, so areas are exact. Computed with scikit-learn 1.7.2. */
  @Test
  void equalsScikitLearn() {
    Map<Name, Metric> metrics = metrics(QualityRows.ofScikitLearn());

    assertThat(value(metrics, Name.ACCURACY)).isEqualTo(0.758, EXACT);
    assertThat(value(metrics, Name.PRECISION)).isEqualTo(0.575107296137339, EXACT);
    assertThat(value(metrics, Name.RECALL)).isEqualTo(0.8589743589743589, EXACT);
    assertThat(value(metrics, Name.F1)).isEqualTo(0.6889460154241646, EXACT);
    assertThat(value(metrics, Name.FALSE_POSITIVE_RATE)).isEqualTo(99 / 344.0, EXACT);
    assertThat(value(metrics, Name.POSITIVE_RATE)).isEqualTo(233 / 500.0, EXACT);
    assertThat(value(metrics, Name.BASE_RATE)).isEqualTo(156 / 500.0, EXACT);
    assertThat(value(metrics, Name.ROC_AUC)).isEqualTo(0.8736676356589148, EXACT);
    assertThat(value(metrics, Name.PR_AUC)).isEqualTo(0.7542121608423018, EXACT);
    assertThat(value(metrics, Name.LOG_LOSS)).isEqualTo(0.49637743647765803, EXACT);
    assertThat(value(metrics, Name.BRIER)).isEqualTo(0.16460220336914064, EXACT);
    assertThat(value(metrics, Name.CALIBRATION_ERROR)).isEqualTo(0.168203125, EXACT);
  }

  @Test
  void boundsTheLogLossOfScoresOfZeroAndOne() {
    List<Row> wrong = List.of(QualityRows.row(0, true), QualityRows.row(1, false));

    assertThat(value(metrics(wrong), Name.LOG_LOSS)).isEqualTo(36.04365338911715, EXACT);
  }

  @Test
  void areasOfBinsAreAsNearAsTheirResolution() {
    Random random = new Random(3);
    for (double shift : new double[] {-6, -2, 0, 4}) {
      List<Row> rows = QualityRows.calibrated(random, 3_000, shift);
      ScoreOrder order = ScoreOrder.of(QualityRows.counts(rows).scores());

      assertThat(order.rocAucResolution()).isLessThan(0.02);
      assertThat(order.rocAuc())
          .isCloseTo(naiveRocAuc(rows), within(order.rocAucResolution() + 1e-12));
      assertThat(order.averagePrecision()).isCloseTo(naiveAveragePrecision(rows), within(0.02));
    }
  }

  @Test
  void leavesOutWhatRowsDoNotDefine() {
    BinaryCounts undecided = new BinaryCounts();
    undecided.add(0.4, null, false);
    assertThat(names(undecided))
        .containsExactly(Name.BASE_RATE, Name.LOG_LOSS, Name.BRIER, Name.CALIBRATION_ERROR);

    BinaryCounts margins = new BinaryCounts();
    margins.add(1.5, true, true);
    margins.add(-2.5, false, false);
    assertThat(names(margins)).doesNotContain(Name.ROC_AUC, Name.LOG_LOSS).contains(Name.F1);

    assertThat(BinaryMetrics.of(new BinaryCounts(), Overdispersion.NONE)).isEmpty();
  }

  @Test
  void aPerfectOrderHasAnIntervalThatIsNotEmpty() {
    Map<Name, Metric> metrics =
        metrics(
            List.of(
                QualityRows.row(0.9, true),
                QualityRows.row(0.8, true),
                QualityRows.row(0.2, false),
                QualityRows.row(0.1, false)));

    Interval interval = Objects.requireNonNull(metrics.get(Name.ROC_AUC)).interval();
    assertThat(interval).isEqualTo(new Interval(Math.sqrt(0.025), 1));
  }

  /** The intervals contain the true values about as often as they say, at two sizes. */
  @Test
  void intervalsCover() {
    Map<Name, Double> truth = new EnumMap<>(Name.class);
    metrics(QualityRows.calibrated(new Random(1), 400_000, 0))
        .forEach((name, metric) -> truth.put(name, metric.value()));
    truth.put(Name.CALIBRATION_ERROR, 0.0);
    for (int size : new int[] {200, 1_500}) {
      Map<Name, Integer> covered = coverage(truth, size, 500);
      covered.forEach(
          (name, times) ->
              assertThat(times / 500.0).as("%s of %d rows", name, size).isBetween(0.92, 1.0));
    }
  }

  private static Map<Name, Integer> coverage(Map<Name, Double> truth, int size, int repetitions) {
    Map<Name, Integer> covered = new EnumMap<>(Name.class);
    Random random = new Random(2);
    for (int i = 0; i < repetitions; i++) {
      metrics(QualityRows.calibrated(random, size, 0))
          .forEach(
              (name, metric) -> {
                Interval interval = Objects.requireNonNull(metric.interval());
                double value = Objects.requireNonNull(truth.get(name));
                covered.merge(name, interval.contains(value) ? 1 : 0, Integer::sum);
              });
    }
    return covered;
  }

  private static double naiveRocAuc(List<Row> rows) {
    double wins = 0;
    double pairs = 0;
    for (Row positive : rows) {
      for (Row negative : rows) {
        if (positive.label() && !negative.label()) {
          pairs++;
          int order = Double.compare(positive.score(), negative.score());
          wins += order > 0 ? 1 : order == 0 ? 0.5 : 0;
        }
      }
    }
    return wins / pairs;
  }

  private static double naiveAveragePrecision(List<Row> rows) {
    List<Row> descending =
        rows.stream().sorted(Comparator.comparingDouble(Row::score).reversed()).toList();
    double sum = 0;
    int positives = 0;
    for (int i = 0; i < descending.size(); i++) {
      if (descending.get(i).label()) {
        positives++;
        sum += (double) positives / (i + 1);
      }
    }
    return sum / positives;
  }

  private static List<Name> names(BinaryCounts counts) {
    return BinaryMetrics.of(counts, Overdispersion.NONE).stream().map(Metric::name).toList();
  }

  private static Map<Name, Metric> metrics(List<Row> rows) {
    return QualityRows.byName(BinaryMetrics.of(QualityRows.counts(rows), Overdispersion.NONE));
  }

  private static double value(Map<Name, Metric> metrics, Name name) {
    return Objects.requireNonNull(metrics.get(name)).value();
  }
}
