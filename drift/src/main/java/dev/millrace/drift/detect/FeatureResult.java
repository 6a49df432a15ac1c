package dev.millrace.drift.detect;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param cells how the values of both sides are distributed; empty if nothing was compared
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
    boolean calibrated,
    List<Cell> cells) {
  /** Copies the collections. */
  public FeatureResult {
    tests = List.copyOf(tests);
    drifted = Set.copyOf(drifted);
    cells = List.copyOf(cells);
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

  /**
   * The test of one cause with the smallest p-value, or if the feature has drifted by the cause,
   * the one of those that found it; null if the cause was not tested.
   *
   * @param alpha significance level of one feature in one window
   * @param minEffect least effect that is reported
   */
  public @Nullable TestResult best(Cause cause, double alpha, double minEffect) {
    List<TestResult> ofCause = tests.stream().filter(test -> test.cause() == cause).toList();
    List<TestResult> found =
        drifted.contains(cause)
            ? ofCause.stream().filter(test -> found(test, alpha, minEffect)).toList()
            : List.of();
    return (found.isEmpty() ? ofCause : found)
        .stream().min(Comparator.comparingDouble(test -> corrected(test, tests))).orElse(null);
  }

  private boolean found(TestResult test, double alpha, double minEffect) {
    return corrected(test, tests) <= alpha && test.effect() >= minEffect;
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
    return Math.min(1, test.p() * weight(test, tests));
  }

  /** The factor by which a test's p-value is corrected for the other tests of the feature. */
  static double weight(TestResult test, List<TestResult> tests) {
    // Evidence over windows has a budget of its own, as large as that of single windows.
    long ofCause =
        tests.stream()
            .filter(t -> t.cause() == test.cause() && t.test() != StatisticalTest.SEQUENTIAL)
            .count();
    double shares = causes(tests).stream().mapToDouble(Cause::share).sum();
    return Math.max(1, ofCause) * shares / test.cause().share();
  }
}
