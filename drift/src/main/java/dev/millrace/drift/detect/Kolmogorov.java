package dev.millrace.drift.detect;

/** Kolmogorov's distribution and the two-sample test. */
final class Kolmogorov {
  /** The mean of Kolmogorov's distribution, sqrt(pi/2) ln 2 (Marsaglia, Tsang, Wang 2003). */
  static final double MEAN = Math.sqrt(Math.PI / 2) * Math.log(2);

  private Kolmogorov() {}

  /**
   * P(K &gt; lambda). Above 1 Kolmogorov's own series is used, below 1 the one derived from it by a
   * theta-function identity; both converge to double precision within a few terms (Numerical
   * Recipes, 3rd edition, section 6.14.12).
   */
  static double upper(double lambda) {
    if (lambda <= 0) {
      return 1;
    }
    double sum = 0;
    if (lambda < 1) {
      double exponent = -Math.PI * Math.PI / (8 * lambda * lambda);
      for (int k = 1; k <= 9; k += 2) {
        sum += Math.exp(exponent * k * k);
      }
      return 1 - Math.sqrt(2 * Math.PI) / lambda * sum;
    }
    for (int k = 1; k <= 6; k++) {
      double term = Math.exp(-2.0 * k * k * lambda * lambda);
      sum += k % 2 == 1 ? term : -term;
    }
    return 2 * sum;
  }

  /**
   * The p-value of a two-sample D. It is computed from the true sample sizes, whatever the number
   * of bins.
   *
   * @param d the largest difference of the two distribution functions
   * @param n the size of one sample
   * @param m the size of the other
   */
  static double pValue(double d, double n, double m) {
    double root = Math.sqrt(n / (n + m) * m);
    // Stephens' correction for small samples (JRSS B 32, 1970).
    return upper((root + 0.12 + 0.11 / root) * d);
  }
}
