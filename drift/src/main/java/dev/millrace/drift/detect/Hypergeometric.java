package dev.millrace.drift.detect;

/** Fisher's exact test that two samples have the same share of something. */
final class Hypergeometric {
  /** A term of less than this share of its sum, and all beyond it, is less than rounding. */
  private static final double NEGLIGIBLE = 1e-20;

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

  /**
   * P(X &gt;= x), X being the n's part of x + y that are dealt to n + m at random. All
   * probabilities are taken relative to that of the mode and summed from there outwards, so that
   * none that counts is too small for a double, and no logarithm of a factorial costs precision; an
   * answer of 0 is below 1e-300.
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
