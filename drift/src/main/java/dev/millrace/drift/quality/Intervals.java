package dev.millrace.drift.quality;

import org.jspecify.annotations.Nullable;

/** Confidence intervals of 95 %. */
final class Intervals {
  static final double ALPHA = 0.05;

  private Intervals() {}

  /**
   * Wilson's score interval of a share (JASA 22, 1927), which keeps its level for few events, too
   * (Brown, Cai, DasGupta, Statistical Science 16, 2001). Dependent rows count as n/phi.
   *
   * @param events at most n
   * @param n above 0
   */
  static Interval share(long events, long n, Overdispersion dispersion) {
    double z = dispersion.critical(ALPHA);
    double effective = n / dispersion.phi();
    double share = (double) events / n;
    double scale = 1 + z * z / effective;
    double center = (share + z * z / (2 * effective)) / scale;
    double half =
        z
            / scale
            * Math.sqrt(share * (1 - share) / effective + z * z / (4 * effective * effective));
    return new Interval(
        events <= 0 ? 0 : Math.max(0, center - half), events >= n ? 1 : Math.min(1, center + half));
  }

  /** The normal interval of a mean; null with fewer than 2 rows. */
  static @Nullable Interval mean(Moments values, long n, Overdispersion dispersion) {
    if (n < 2) {
      return null;
    }
    double mean = values.mean(n);
    double half = dispersion.critical(ALPHA) * Math.sqrt(values.variance(n) * dispersion.phi() / n);
    return new Interval(mean - half, mean + half);
  }

  /**
   * The interval of an area from 0 to 1, normal on the scale of its logit. Where the scale ends,
   * the area is that of a perfect order, and the bound is that of a share of all of n (Clopper,
   * Pearson, Biometrika 26, 1934).
   *
   * @param error standard error of the area
   * @param n the size of the smaller class
   */
  static Interval area(double area, double error, double n, Overdispersion dispersion) {
    double bound = Math.pow(ALPHA / 2, dispersion.phi() / n);
    if (area >= 1) {
      return new Interval(bound, 1);
    }
    if (area <= 0) {
      return new Interval(0, 1 - bound);
    }
    double half =
        dispersion.critical(ALPHA) * error * Math.sqrt(dispersion.phi()) / (area * (1 - area));
    double logit = Math.log(area / (1 - area));
    return new Interval(logistic(logit - half), logistic(logit + half));
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
