package dev.millrace.drift.detect;

/**
 * The result of one test of one feature in one window.
 *
 * @param test which test
 * @param cause what the test is evidence of
 * @param statistic the test's statistic; see {@link StatisticalTest}
 * @param p the p-value of this test alone
 * @param effect the size of the change in the cells that the test compares: their Jensen-Shannon
 *     distance, base 2, from 0 to 1, less what is expected without a change
 * @param dispersion how many times more the statistic varies between calm windows than between
 *     windows of independent rows; at least 1
 */
public record TestResult(
    StatisticalTest test,
    Cause cause,
    double statistic,
    double p,
    double effect,
    double dispersion) {
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

  /** A test of independent rows. */
  public static TestResult of(
      StatisticalTest test, Cause cause, double statistic, double p, double effect) {
    return new TestResult(test, cause, statistic, p, effect, 1);
  }
}
