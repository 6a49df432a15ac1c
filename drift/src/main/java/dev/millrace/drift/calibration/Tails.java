package dev.millrace.drift.calibration;

import org.apache.commons.numbers.gamma.RegularizedGamma;

/** Tails and quantiles of the chi-square distribution. */
public final class Tails {
  /** Halvings of an interval of doubles until its ends are neighbours or nearly so. */
  private static final int BISECTIONS = 100;

  private Tails() {}

  /**
   * P(X &gt; x) of the chi-square distribution.
   *
   * @param df degrees of freedom, above 0
   */
  public static double chiSquare(double x, double df) {
    return x <= 0 ? 1 : RegularizedGamma.Q.value(df / 2, x / 2);
  }

  /**
   * The value that a chi-square variable stays below with probability p.
   *
   * @param p between 0 and 1
   * @param df degrees of freedom, above 0
   */
  public static double chiSquareQuantile(double p, double df) {
    double low = 0;
    double high = 1;
    while (RegularizedGamma.P.value(df / 2, high / 2) < p) {
      high *= 2;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (RegularizedGamma.P.value(df / 2, middle / 2) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
