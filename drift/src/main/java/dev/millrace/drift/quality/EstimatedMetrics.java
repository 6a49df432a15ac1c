package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Metric.Name;
import java.util.ArrayList;
import java.util.List;

/**
 * Confidence-based performance estimation, without labels: a calibrated score is the probability of
 * a positive label, so it gives the expected number of right and wrong decisions (CBPE of NannyML;
 * Bialek, Kuberski, Perrakis, Bifet: "Estimating Model Performance Under Covariate Shift Without
 * Labels", arXiv 2401.08348). It holds as long as the labels depend on the inputs as before:
 * concept drift is not seen by it.
 *
 * <p>The intervals are of the figure that the labels will show: they contain the chance of the
 * labels, and the error of the calibration from a limited number of reference rows.
 */
public final class EstimatedMetrics {
  private static final double STEP = 1e-4;

  private final PredictionCounts counts;
  private final Calibration calibration;
  private final Overdispersion dispersion;
  private final double[] decided;
  private final double[] declined;
  private final List<Metric> metrics = new ArrayList<>();
  private double truePositives;
  private double falseNegatives;
  private double decidedVariance;
  private double declinedVariance;

  private EstimatedMetrics(
      PredictionCounts counts, Calibration calibration, Overdispersion dispersion) {
    this.counts = counts;
    this.calibration = calibration;
    this.dispersion = dispersion;
    this.decided = new double[calibration.blocks()];
    this.declined = new double[calibration.blocks()];
  }

  /**
   * The estimates; empty without predictions, or where scores are no probabilities and no reference
   * rows say what they mean. Those of decisions need a decision for each prediction.
   */
  public static List<Metric> of(
      PredictionCounts counts, Calibration calibration, Overdispersion dispersion) {
    EstimatedMetrics estimate = new EstimatedMetrics(counts, calibration, dispersion);
    if (counts.total() > 0 && (calibration.isFitted() || counts.areProbabilities())) {
      estimate.expect();
      estimate.decisions();
      estimate.area();
    }
    return List.copyOf(estimate.metrics);
  }

  private void expect() {
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      double positive = counts.scores().count(bin, true);
      double negative = counts.scores().count(bin, false);
      double probability = calibration.probability(bin);
      truePositives += positive * probability;
      falseNegatives += negative * probability;
      decidedVariance += positive * probability * (1 - probability);
      declinedVariance += negative * probability * (1 - probability);
      if (calibration.isFitted()) {
        decided[calibration.block(bin)] += positive;
        declined[calibration.block(bin)] += negative;
      }
    }
  }

  /** Each figure by its derivatives to the numbers of true positives and of false negatives. */
  private void decisions() {
    double n = counts.total();
    double positive = counts.scores().total(true);
    double labelled = truePositives + falseNegatives;
    if (counts.areDecided()) {
      double right = truePositives + n - positive - falseNegatives;
      add(Name.ACCURACY, right / n, 1 / n, -1 / n);
      if (positive > 0) {
        add(Name.PRECISION, truePositives / positive, 1 / positive, 0);
      }
      if (labelled > 0) {
        double scale = labelled * labelled;
        add(Name.RECALL, truePositives / labelled, falseNegatives / scale, -truePositives / scale);
        double either = positive + labelled;
        double slope = 2 / (either * either);
        add(
            Name.F1,
            2 * truePositives / either,
            slope * (positive + falseNegatives),
            -slope * truePositives);
      }
    }
    add(Name.BASE_RATE, labelled / n, 1 / n, 1 / n);
  }

  private void add(Name name, double value, double perDecided, double perDeclined) {
    double variance =
        perDecided * perDecided * decidedVariance + perDeclined * perDeclined * declinedVariance;
    for (int block = 0; block < calibration.blocks(); block++) {
      double slope = perDecided * decided[block] + perDeclined * declined[block];
      variance += slope * slope * ofReference(block);
    }
    add(name, value, variance);
  }

  private void add(Name name, double value, double variance) {
    metrics.add(
        new Metric(
            name,
            value,
            Intervals.area(value, Math.sqrt(variance), (double) counts.total(), dispersion)));
  }

  private void area() {
    double[] shift = new double[Math.max(1, calibration.blocks())];
    ScoreOrder order = order(shift);
    if (Math.min(order.positives(), order.negatives()) < 2) {
      return;
    }
    double variance = order.rocAucError() * order.rocAucError();
    for (int block = 0; block < calibration.blocks(); block++) {
      shift[block] = STEP;
      double slope = (order(shift).rocAuc() - order.rocAuc()) / STEP;
      shift[block] = 0;
      variance += slope * slope * ofReference(block);
    }
    add(Name.ROC_AUC, order.rocAuc(), variance);
  }

  private ScoreOrder order(double[] shift) {
    return ScoreOrder.of(
        (bin, positive) -> {
          double rows = counts.scores().count(bin, true) + counts.scores().count(bin, false);
          double probability = calibration.probability(bin) + shift[calibration.block(bin)];
          return rows * (positive ? probability : 1 - probability);
        });
  }

  /** Variance of the probability of a pool, with Agresti and Coull's share. */
  private double ofReference(int block) {
    double rows = calibration.rows(block);
    double share = (calibration.share(block) * rows + 2) / (rows + 4);
    return share * (1 - share) / rows;
  }
}
