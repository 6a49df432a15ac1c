package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.quality.Metric.Name;
import dev.millrace.drift.quality.QualityRows.Row;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegressionMetricsTest {
  /** Computed with scikit-learn 1.7.2. */
  @Test
  void equalsScikitLearn() {
    RegressionCounts counts = new RegressionCounts();
    for (Row row : QualityRows.ofScikitLearn()) {
      counts.add(row.score(), 3 * row.score() + (row.label() ? 1 : -1));
    }

    Map<Name, Metric> metrics = metrics(counts);
    assertThat(value(metrics, Name.MAE)).isEqualTo(1.093640625, within(1e-12));
    assertThat(value(metrics, Name.RMSE)).isEqualTo(1.4677265799448351, within(1e-12));
    assertThat(value(metrics, Name.BIAS)).isEqualTo(-0.58440625, within(1e-12));
  }

  @Test
  void countsRowsThatAreInNoMetric() {
    RegressionCounts counts = new RegressionCounts();
    counts.add(1e200, 0);
    counts.add(Double.NaN, 0);
    counts.add(2, 1);

    assertThat(counts.excluded()).isEqualTo(2);
    assertThat(value(metrics(counts), Name.RMSE)).isEqualTo(1);
    assertThat(metrics(new RegressionCounts())).isEmpty();
  }

  @Test
  void intervalsCover() {
    Random random = new Random(9);
    int[] covered = new int[3];
    for (int repetition = 0; repetition < 500; repetition++) {
      RegressionCounts counts = new RegressionCounts();
      for (int i = 0; i < 300; i++) {
        counts.add(0.5 + 2 * random.nextGaussian(), 0);
      }
      Map<Name, Metric> metrics = metrics(counts);
      covered[0] += covers(metrics, Name.BIAS, 0.5);
      covered[1] += covers(metrics, Name.RMSE, Math.sqrt(4.25));
      // Folded normal distribution, mean 0.5, sd 2.
      covered[2] += covers(metrics, Name.MAE, 1.64500);
    }
    for (int each : covered) {
      assertThat(each / 500.0).isBetween(0.92, 0.98);
    }
  }

  private static int covers(Map<Name, Metric> metrics, Name name, double truth) {
    Interval interval = Objects.requireNonNull(metrics.get(name)).interval();
    return Objects.requireNonNull(interval).contains(truth) ? 1 : 0;
  }

  private static double value(Map<Name, Metric> metrics, Name name) {
    return Objects.requireNonNull(metrics.get(name)).value();
  }

  private static Map<Name, Metric> metrics(RegressionCounts counts) {
    return QualityRows.byName(RegressionMetrics.of(counts, Overdispersion.NONE));
  }
}
