package dev.millrace.drift.detect;

/** Fisher's exact test that two samples have the same share of something. */
final class Hypergeometric {
  private Hypergeometric() {}

  /**
   * Twice the smaller tail of the hypergeometric distribution, at most 1: exact, never liberal, at
   * any sparsity.
   *
   * @param x how many of the n
   * @param n the size of one sample
   * @param y how many of the m
   * @param m the size of the other
   */
  static double twoSided(long x, long n, long y, long m) {
    // By symmetry the tail that x lies in is the upper one of x or the upper one of y.
    double tail = (double) x * m >= (double) y * n ? upperTail(x, n, y, m) : upperTail(y, m, x, n);
    return Math.min(1, 2 * tail);
  }

  /** P(X &gt;= x), X being the n's part of x + y that are dealt to n + m at random. */
  static double upperTail(long x, long n, long y, long m) {
    long marked = x + y;
    double term = Math.exp(logChoose(n, x) + logChoose(m, y) - logChoose(n + m, marked));
    double sum = 0;
    long last = Math.min(n, x + y);
    for (long k = x; k <= last && term > sum * 1e-17; k++) {
      sum += term;
      term *= (n - k) / (k + 1.0) * ((marked - k) / (m - marked + k + 1.0));
    }
    return Math.min(1, sum);
  }

  private static double logChoose(long n, long k) {
    return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  }

  private static double logFactorial(long n) {
    return n == 0 ? 0 : Gamma.logGamma(n + 1.0);
  }
}
