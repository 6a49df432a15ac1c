package dev.millrace.drift.detect;

/**
 * The result of one test of one feature in one window.
 *
 * @param test which test
 * @param cause what the test is evidence of
 * @param statistic the test's statistic; see {@link StatisticalTest}
 * @param p the p-value of this test alone
 * @param divergence the size of the change in the cells that the test compares: their squared
 *     Jensen-Shannon distance, base 2, less what is expected without a change; so it may be
 *     negative
 * @param dispersion how many times more the statistic varies between calm windows than between
 *     windows of independent rows; at least 1
 * @param ratio the statistic, or its square if it is a difference, over its mean with independent
 *     rows; 1 where it is not known
 */
public record TestResult(
    StatisticalTest test,
    Cause cause,
    double statistic,
    double p,
    double divergence,
    double dispersion,
    double ratio) {
  /** Checks the components. */
  public TestResult {
    if (!(p >= 0 && p <= 1) || !(dispersion >= 1)) {
      throw new IllegalArgumentException(
          "p must be from 0 to 1 and the dispersion at least 1, but they are "
              + p
              + " and "
              + dispersion);
    }
  }

  /** The Jensen-Shannon distance, base 2, from 0 to 1, less what is expected without a change. */
  public double effect() {
    return Math.sqrt(Math.min(1, Math.max(0, divergence)));
  }

  /** A test of independent rows. */
  public static TestResult of(
      StatisticalTest test, Cause cause, double statistic, double p, double effect) {
    return new TestResult(test, cause, statistic, p, effect * effect, 1, 1);
  }
}
