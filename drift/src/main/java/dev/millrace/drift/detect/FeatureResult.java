package dev.millrace.drift.detect;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The result of comparing one feature's window with its reference.
 *
 * @param feature the feature's name
 * @param test the test with the smallest p-value
 * @param statistic that test's statistic
 * @param p the feature's p-value: the smallest {@link #p(Cause)}, at most 1
 * @param effects how large the change is
 * @param n values in the window, those without a bin included
 * @param m values in the reference, those without a bin included
 * @param verdict INSUFFICIENT, OK or DRIFT
 * @param tests all tests that had values to compare
 * @param drifted the causes by which the feature has drifted
 * @param calmWindows number of calm windows that the tests are calibrated with; 0 if rows are known
 *     to be independent
 * @param calibrated whether these are enough for an alarm
 */
public record FeatureResult(
    String feature,
    StatisticalTest test,
    double statistic,
    double p,
    Effects effects,
    long n,
    long m,
    Verdict verdict,
    List<TestResult> tests,
    Set<Cause> drifted,
    int calmWindows,
    boolean calibrated) {
  /** Copies the collections. */
  public FeatureResult {
    tests = List.copyOf(tests);
    drifted = Set.copyOf(drifted);
  }

  /** The causes that were tested. */
  public Set<Cause> causes() {
    return causes(tests);
  }

  /**
   * The p-value of one cause, at most 1: the smallest of its tests times their number, over the
   * share of the feature's level that the cause has. A cause without a test leaves its share to the
   * others: whether there is one does not depend on the difference.
   */
  public double p(Cause cause) {
    return tests.stream()
        .mapToDouble(t -> t.cause() == cause ? corrected(t, tests) : 1)
        .min()
        .orElse(1);
  }

  /** The largest effect that a test of the cause has found. */
  public double effect(Cause cause) {
    return tests.stream()
        .filter(test -> test.cause() == cause)
        .mapToDouble(TestResult::effect)
        .max()
        .orElse(0);
  }

  private static Set<Cause> causes(List<TestResult> tests) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    tests.forEach(test -> causes.add(test.cause()));
    return causes;
  }

  /** A test's p-value corrected for the other tests of the feature. */
  static double corrected(TestResult test, List<TestResult> tests) {
    // Evidence over windows has a budget of its own, as large as that of single windows.
    long ofCause =
        tests.stream()
            .filter(t -> t.cause() == test.cause() && t.test() != StatisticalTest.SEQUENTIAL)
            .count();
    double shares = causes(tests).stream().mapToDouble(Cause::share).sum();
    return Math.min(1, test.p() * Math.max(1, ofCause) * shares / test.cause().share());
  }
}
