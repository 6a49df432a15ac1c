package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Tails;

/**
 * The two-sample chi-square test of homogeneity: the reference counts as a sample too, not as the
 * true distribution.
 *
 * @param statistic Pearson's statistic over the pooled bins
 * @param degrees its degrees of freedom; 0 when a single bin is left and nothing can be compared
 * @param likelihood the likelihood ratio statistic
 */
record ChiSquare(double statistic, int degrees, double likelihood) {
  /** Least expected count of a bin (Cochran, Biometrics 10, 1954). */
  static final double LEAST_EXPECTED = 5;

  /**
   * @param pooled the bins, with the sparse ones pooled
   */
  static ChiSquare of(BinnedSamples pooled) {
    int degrees = pooled.size() - 1;
    if (degrees < 1) {
      return new ChiSquare(0, 0, 0);
    }
    double n = pooled.windowTotal();
    double m = pooled.referenceTotal();
    double pearson = 0;
    double likelihood = 0;
    for (int i = 0; i < pooled.size(); i++) {
      double x = pooled.window(i);
      double y = pooled.reference(i);
      double expectedX = (x + y) * (n / (n + m));
      double expectedY = (x + y) * (m / (n + m));
      pearson += (x - expectedX) * (x - expectedX) * (1 / expectedX + 1 / expectedY);
      likelihood += 2 * (deviance(x, expectedX) + deviance(y, expectedY));
    }
    return new ChiSquare(pearson, degrees, Math.max(0, likelihood));
  }

  /** The p-value of independent rows. */
  double p() {
    return p(1);
  }

  /**
   * The p-value of both statistics divided by a dispersion. Budgets lead to levels of 1e-5 and
   * less, where Pearson's statistic is liberal when bins are small; the likelihood ratio's tail
   * keeps its rate there, but is liberal for counts near 0. Both have the same asymptotic
   * distribution, so the larger p-value is valid and costs little.
   */
  double p(double dispersion) {
    return degrees < 1
        ? 1
        : Math.max(
            Tails.chiSquare(statistic / dispersion, degrees),
            Tails.chiSquare(likelihood / dispersion, degrees));
  }

  private static double deviance(double observed, double expected) {
    return observed == 0 ? 0 : observed * Math.log(observed / expected);
  }
}
