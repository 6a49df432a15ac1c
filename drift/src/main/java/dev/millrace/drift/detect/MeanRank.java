package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.DependenceTime;
import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.sequence.ShiftEvidence;
import java.util.Arrays;

/**
 * The mean rank of a window's numbers among those of the reference, as evidence of a lasting shift.
 * Where windows are nearly independent it needs about a third of the windows that the p-values of
 * Kolmogorov-Smirnov's test need, since the figure keeps its direction. Numbers of one bin have the
 * mean of its ranks (ridits; Bross, Biometrics 14, 1958), so the figure is that of Wilcoxon's test.
 *
 * @param figure the standardised difference of the mean ranks, with variance 1 at most while
 *     nothing has changed
 * @param bias bound of its mean without a change: the reference's error is the same in all windows
 * @param tau how many windows count as one
 */
record MeanRank(double figure, double bias, double tau) {
  /** Standard deviations that the reference's error is taken to be at most. */
  private static final double ERRORS = 2;

  /**
   * The difference of the mean ranks, in standard deviations of independent rows; 0 if all numbers
   * of the reference are in one bin.
   */
  static double deviation(BinnedSamples samples) {
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double before = 0;
    double difference = 0;
    double variance = 0;
    for (int bin = 0; bin < samples.size(); bin++) {
      double share = samples.reference(bin) / m;
      double rank = before + share / 2 - 0.5;
      before += share;
      difference += (samples.window(bin) / n - share) * rank;
      variance += share * rank * rank;
    }
    return variance <= 0 ? 0 : difference * Math.sqrt(n / (n + m) * m / variance);
  }

  /**
   * Of a window.
   *
   * @param deviation of the window
   * @param baseline contains the deviations of calm windows
   * @param scale the window's effective size relative to that of the calm windows
   * @param error the variance of the reference's error, relative to that of the deviation
   */
  static MeanRank of(double deviation, Baseline baseline, double scale, double error) {
    double tau = baseline.time(StatisticalTest.MEAN_RANK);
    double variance = 1 + (variance(baseline, tau) - 1) * Math.max(1, scale);
    return new MeanRank(
        deviation / Math.sqrt(variance), ERRORS * Math.sqrt(Math.min(1, tau * error)), tau);
  }

  /**
   * The upper bound (95 %) of the deviations' variance, at least 1: it is the same in all windows,
   * so the product of many e-values would not be one if it were too small. Where windows depend on
   * each other, their squares do less, and fewer of them count.
   */
  private static double variance(Baseline baseline, double tau) {
    double[] calm = baseline.ratios(StatisticalTest.MEAN_RANK);
    if (calm.length == 0) {
      return 1;
    }
    double squares = DependenceTime.ofSquares(tau);
    double mean = Arrays.stream(calm).map(z -> z * z).sum() / calm.length;
    return Math.max(
        1,
        Dispersion.upperBound(
            mean * DependenceTime.inflation(calm.length, squares), calm.length / squares));
  }

  /**
   * The evidence with this window.
   *
   * @param most a larger e-value counts as this
   */
  ShiftEvidence addedTo(ShiftEvidence before, double most) {
    return before.next(figure, bias, tau, most);
  }
}
