package dev.millrace.drift.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rows of scores and labels for tests. */
final class QualityRows {
  /** A scored event with its label. */
  record Row(double score, boolean decision, boolean label) {}

  private QualityRows() {}

  /** Rows of the generator that the constants of scikit-learn were computed with. */
  static List<Row> ofScikitLearn() {
    List<Row> rows = new ArrayList<>();
    long[] state = {42};
    for (int i = 0; i < 500; i++) {
      double score = (next(state) >> 8) % 256 / 256.0 + 1 / 512.0;
      rows.add(row(score, next(state) / (double) (1L << 31) < score * score));
    }
    return rows;
  }

  private static long next(long[] state) {
    state[0] = (1_103_515_245 * state[0] + 12_345) % (1L << 31);
    return state[0];
  }

  /**
   * Calibrated scores of a rare class: the score is the probability of the label.
   *
   * @param shift of the scores' logit
   */
  static List<Row> calibrated(Random random, int size, double shift) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      double score = 1 / (1 + Math.exp(1.5 - shift - 1.5 * random.nextGaussian()));
      rows.add(row(score, random.nextDouble() < score));
    }
    return rows;
  }

  static Row row(double score, boolean label) {
    return new Row(score, score >= 0.5, label);
  }

  static BinaryCounts counts(List<Row> rows) {
    BinaryCounts counts = new BinaryCounts();
    rows.forEach(row -> counts.add(row.score, row.decision, row.label));
    return counts;
  }

  static Map<Metric.Name, Metric> byName(List<Metric> metrics) {
    return metrics.stream().collect(Collectors.toMap(Metric::name, Function.identity()));
  }
}
