package dev.millrace.drift.detect;

/**
 * Evidence that a change has ended: the cumulative sum of log likelihood ratios of calm windows to
 * those of the change (Page, Biometrika 41, 1954).
 *
 * <p>A window's deviation is taken as normal with variance 1, and mean 0 if it is calm. With the
 * mean k or -k, which are equally likely, the likelihood ratio of its square z² is
 *
 * <pre>exp(k² / 2) / cosh(k z), and k² = m - 1 with the mean square m while the change lasted.
 * </pre>
 *
 * <p>So one calm window ends a change that is large compared with the differences between windows,
 * and a small one, which is not visible in many windows, lasts until several together do. While the
 * change lasts, the mean number of windows until the sum is enough is at least {@link #ENOUGH}
 * (Lorden, Annals of Mathematical Statistics 42, 1971).
 *
 * @param logRatio the sum; 0 at least
 * @param windows since it was last 0: they are left out of the mean square of the change
 * @param size sum of these windows' squared deviations
 */
record ChangeEnd(double logRatio, int windows, double size) {
  /** No evidence. */
  static final ChangeEnd START = new ChangeEnd(0, 0, 0);

  /**
   * Least mean number of windows until a change that lasts seems to have ended, as far as windows
   * are normal.
   */
  private static final double ENOUGH = 100;

  private static final double LOG_ENOUGH = StrictMath.log(ENOUGH);

  /**
   * With one more window.
   *
   * @param all sum of the squared deviations of the change, those of {@link #windows} included
   * @param of how many windows, more than {@link #windows}
   * @param newest squared deviation of the newest, which is not included
   * @param tau how many windows count as one
   */
  ChangeEnd next(double all, int of, double newest, double tau) {
    double squared = Math.max(0, (all - size) / (of - windows) - 1);
    double x = Math.sqrt(squared * newest);
    // ln cosh x; cosh overflows.
    double cosh = x + StrictMath.log1p(StrictMath.exp(-2 * x)) - StrictMath.log(2);
    double sum = logRatio + (squared / 2 - cosh) / tau;
    return sum > 0 ? new ChangeEnd(sum, windows + 1, size + newest) : START;
  }

  boolean isEnough() {
    return logRatio >= LOG_ENOUGH;
  }
}
