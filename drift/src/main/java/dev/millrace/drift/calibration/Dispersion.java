package dev.millrace.drift.calibration;

import java.util.List;

/**
 * How much a test's statistic varies between calm windows. A statistic is given as its ratio to its
 * mean with independent rows, so that a mean ratio of 1 is that of independent rows. Where rows of
 * a window depend on each other, such as flights on a day with bad weather, the ratios have the
 * mean phi above 1; phi is estimated from the calm windows, and the tests account for how few they
 * are.
 *
 * <p>The part of a ratio that exceeds 1 is caused by whole windows, so it does not shrink with more
 * rows in each: a window whose effective size is s times that of the calm windows has
 *
 * <pre>phi(s) = phi + (s - 1) (u - 1), s above 1,</pre>
 *
 * with u an upper bound of phi (95 %) given the number of calm windows.
 *
 * @param windows number of calm windows; 0 if rows are known to be independent
 * @param mean of their ratios
 * @param variance of their ratios, relative to the squared mean
 * @param independentVariance the relative variance of the statistic with independent rows
 */
public record Dispersion(int windows, double mean, double variance, double independentVariance) {
  /** Rows are known to be independent. */
  public static final Dispersion INDEPENDENT = new Dispersion(0, 1, 0, 0);

  /** One-sided confidence of the bounds of what few calm windows show. */
  private static final double CONFIDENCE = 0.95;

  /** Of calm windows' ratios; there must be at least two. */
  public static Dispersion of(List<Double> ratios, double independentVariance) {
    int k = ratios.size();
    double mean = ratios.stream().mapToDouble(Double::doubleValue).sum() / k;
    double squares = ratios.stream().mapToDouble(r -> (r - mean) * (r - mean)).sum() / (k - 1);
    return new Dispersion(k, mean, mean > 0 ? squares / (mean * mean) : 0, independentVariance);
  }

  /** The mean ratio of calm windows, at least 1. */
  public double phi() {
    return Math.max(1, mean);
  }

  /**
   * The mean ratio of calm windows of another size, at least 1.
   *
   * @param scale the window's effective size, relative to that of the calm windows
   */
  public double phi(double scale) {
    return scale <= 1 || windows == 0 ? phi() : phi() + (scale - 1) * (upper() - 1);
  }

  /**
   * The p-value of a ratio whose variation between windows has about one degree of freedom: that of
   * independent rows for the ratio divided by phi, and at least what so few windows can certify.
   * The second part is the tail of Fisher's distribution for an estimated variance; its weight is
   * the share of phi that independent rows do not explain.
   *
   * @param ratio the statistic over its mean with independent rows
   * @param independent the p-value of independent rows for ratio / phi
   * @param scale see {@link #phi(double)}
   */
  public double pValue(double ratio, double independent, double scale) {
    double phi = phi(scale);
    return phi <= 1
        ? independent
        : Math.max(
            independent,
            (1 - 1 / phi) * Tails.fisher(ratio / phi, 1, windows * degreesOfWindow(phi())));
  }

  /**
   * The p-value of a ratio with many degrees of freedom, such as that of chi-square: the tail of
   * Fisher's distribution with the degrees that the calm windows' ratios show, at least 1.
   *
   * @param degrees of the statistic
   * @param scale see {@link #phi(double)}
   */
  public double pValueOfMany(double ratio, int degrees, double scale) {
    if (windows == 0) {
      return Tails.chiSquare(ratio * degrees, degrees);
    }
    double least = leastDegrees(degrees);
    return Tails.fisher(ratio / phi(scale), least, least * windows);
  }

  /**
   * Lower bound (95 %) of the degrees of freedom 2 / variance, from 1 to those of the statistic.
   */
  private double leastDegrees(int most) {
    double shown = variance <= 0 ? most : 2 / variance;
    double bound = shown * Tails.chiSquareQuantile(1 - CONFIDENCE, windows - 1.0) / (windows - 1.0);
    return Math.max(1, Math.min(bound, most));
  }

  /**
   * Degrees of freedom that one window contributes to the estimate of phi. A window's ratio is the
   * square of a sum: noise of its rows, with variance 1 and relative variance v of its square, and
   * a shift of the whole window with variance b = phi - 1. So its variance is v + 4 b + 2 b².
   */
  private double degreesOfWindow(double phi) {
    double b = phi - 1;
    return 2 * phi * phi / (independentVariance + 4 * b + 2 * b * b);
  }

  /** The largest phi for which a mean as low as that of the calm windows has 5 % probability. */
  private double upper() {
    double low = phi();
    double high = 2 * low;
    while (!exceeds(high)) {
      high *= 2;
    }
    for (int i = 0; i < 50; i++) {
      double middle = (low + high) / 2;
      if (exceeds(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private boolean exceeds(double phi) {
    double degrees = windows * degreesOfWindow(phi);
    double observed = degrees * Math.max(mean, 1) / phi;
    return observed <= Tails.chiSquareQuantile(1 - CONFIDENCE, degrees);
  }
}
