package dev.millrace.drift.detect;

/** Fisher's exact test that two samples have the same share of something. */
final class FisherExact {
  /**
   * A term below this share of the sum is smaller than the rounding error, and so are all after it.
   */
  private static final double NEGLIGIBLE = 1e-20;

  private FisherExact() {}

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
    // By symmetry, the tail in which x lies is the upper tail of x or the upper tail of y.
    double tail = (double) x * m >= (double) y * n ? upperTail(x, n, y, m) : upperTail(y, m, x, n);
    return Math.min(1, 2 * tail);
  }

  /**
   * P(X &gt;= x), where x + y items are distributed over n + m places at random and X is the number
   * of them in the first n places. All probabilities are computed relative to that of the mode and
   * summed from there outwards, so that every term that contributes fits into a double, and no
   * precision is lost to logarithms of factorials. A result of 0 means less than 1e-300.
   */
  static double upperTail(long x, long n, long y, long m) {
    long marked = x + y;
    long least = Math.max(0, marked - m);
    long most = Math.min(n, marked);
    long peak = (long) ((n + 1.0) * (marked + 1.0) / (n + m + 2.0));
    long mode = Math.min(most, Math.max(least, peak));
    double below = 0;
    double fromX = 0;
    double term = 1;
    for (long k = mode; k <= most && term > fromX * NEGLIGIBLE; k++) {
      below += k < x ? term : 0;
      fromX += k < x ? 0 : term;
      term *= (n - k) / (k + 1.0) * ((marked - k) / (m - marked + k + 1.0));
    }
    term = 1;
    for (long k = mode - 1; k >= least && term > (below + fromX) * NEGLIGIBLE; k--) {
      term *= (k + 1.0) / (n - k) * ((m - marked + k + 1.0) / (marked - k));
      below += k < x ? term : 0;
      fromX += k < x ? 0 : term;
    }
    return fromX / (fromX + below);
  }
}
