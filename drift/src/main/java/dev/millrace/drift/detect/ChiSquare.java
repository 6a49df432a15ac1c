package dev.millrace.drift.detect;

import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * The two-sample chi-square test of homogeneity: the reference counts as a sample too, not as the
 * true distribution.
 *
 * @param statistic Pearson's statistic over the pooled bins
 * @param degrees its degrees of freedom; 0 when a single bin is left and nothing can be compared
 * @param p the p-value
 */
record ChiSquare(double statistic, int degrees, double p) {
  /** Least expected count of a bin (Cochran, Biometrics 10, 1954). */
  static final double LEAST_EXPECTED = 5;

  /**
   * @param pooled the bins, with the sparse ones pooled
   */
  static ChiSquare of(BinnedSamples pooled) {
    int degrees = pooled.size() - 1;
    if (degrees < 1) {
      return new ChiSquare(0, 0, 1);
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
    // Budgets lead to levels of 1e-5 and less, where Pearson's statistic is liberal when bins are
    // small; the likelihood ratio's tail keeps its rate there, but is liberal for counts near 0.
    // Both have the same asymptotic distribution, so the larger p-value is valid and costs little.
    double p =
        Math.max(
            RegularizedGamma.Q.value(degrees / 2.0, pearson / 2),
            RegularizedGamma.Q.value(degrees / 2.0, Math.max(0, likelihood) / 2));
    return new ChiSquare(pearson, degrees, p);
  }

  private static double deviance(double observed, double expected) {
    return observed == 0 ? 0 : observed * Math.log(observed / expected);
  }
}
