package dev.millrace.drift.detect;

import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Compares one window of one feature with its reference.
 *
 * <p>Numbers are compared by Kolmogorov-Smirnov over the bins, categories by chi-square. Values
 * without a bin (null, NaN, infinite, wrong type) are compared by Fisher's exact test of each
 * kind's share, which is exact also where the reference has none of them. The share of categories
 * that the reference does not contain is compared with the share expected by chance. All tests are
 * calibrated with what is known about calm windows, see {@link Baseline}. The feature's p-value is
 * the smallest of these times their number (Bonferroni, weighted by {@link Cause#share()}). A kind
 * of value that occurs on neither side is not tested; whether it occurs does not depend on the
 * difference, so the test stays valid.
 */
public final class FeatureComparison {
  private final double alpha;
  private final double minEffect;
  private final long minSamples;

  /**
   * @param alpha significance level of one feature in one window; see {@link
   *     AlarmBudget#perFeature()}
   * @param minEffect least Jensen-Shannon distance, less its null expectation, that is reported;
   *     from 0 to 1
   * @param minSamples with fewer values than this on either side the verdict is INSUFFICIENT
   */
  public FeatureComparison(double alpha, double minEffect, long minSamples) {
    if (!(alpha >= 0 && alpha <= 1) || !(minEffect >= 0 && minEffect <= 1) || minSamples < 1) {
      throw new IllegalArgumentException(
          "alpha and min_effect must be from 0 to 1 and min_samples at least 1, but they are  "
              + alpha
              + ", "
              + minEffect
              + " and "
              + minSamples);
    }
    this.alpha = alpha;
    this.minEffect = minEffect;
    this.minSamples = minSamples;
  }

  double alpha() {
    return alpha;
  }

  /** Compares a window of independent rows; see {@link #of(Reference, Profile, Baseline)}. */
  public FeatureResult of(Reference reference, Profile window) {
    return of(reference, window, Baseline.INDEPENDENT);
  }

  /**
   * Compares a window with its reference.
   *
   * @param baseline what is known about calm windows
   * @throws IllegalArgumentException if the window was not counted over the reference's bins
   */
  public FeatureResult of(Reference reference, Profile window, Baseline baseline) {
    return decide(reference, window, baseline, tests(reference, window, baseline).results());
  }

  /**
   * The tests of a window, before any decision; none if there are too few values. When alarms are
   * possible, only tests that calm windows have calibrated are made; see {@link
   * Baseline#calibrates}.
   *
   * @throws IllegalArgumentException if the window was not counted over the reference's bins
   */
  FeatureTests.Tested tests(Reference reference, Profile window, Baseline baseline) {
    return tests(reference, window, baseline, reference);
  }

  /**
   * The tests of a window against a part of the reference.
   *
   * @param whole the whole of it
   */
  FeatureTests.Tested tests(
      Reference reference, Profile window, Baseline baseline, Reference whole) {
    if (!window.bins().equals(reference.bins())) {
      throw new IllegalArgumentException(
          "the window of '" + reference.feature() + "' was counted over other bins");
    }
    if (Math.min(window.total(), reference.total()) < minSamples) {
      return FeatureTests.Tested.NOTHING;
    }
    FeatureTests.Tested all =
        FeatureTests.of(reference, window, baseline, minSamples, whole.profile().counts());
    return new FeatureTests.Tested(
        all.results().stream().filter(test -> baseline.calibrates(test.test())).toList(),
        all.ratios());
  }

  /**
   * Decides about a window. A feature has drifted where a test is significant, and finds at least
   * the least effect. While the baseline is being calibrated, nothing has drifted.
   *
   * @param tests of the window, and those of evidence over windows
   */
  public FeatureResult decide(
      Reference reference, Profile window, Baseline baseline, List<TestResult> tests) {
    long n = window.total();
    long m = reference.total();
    boolean tested = Math.min(n, m) >= minSamples;
    Set<Cause> drifted = EnumSet.noneOf(Cause.class);
    List<TestResult> found = new ArrayList<>();
    for (TestResult test : tests) {
      if (baseline.calibrated()
          && FeatureResult.corrected(test, tests) <= alpha
          && test.effect() >= minEffect) {
        drifted.add(test.cause());
        found.add(test);
      }
    }
    TestResult best =
        (found.isEmpty() ? tests : found)
            .stream()
                .min(Comparator.comparingDouble(test -> FeatureResult.corrected(test, tests)))
                .orElse(TestResult.of(StatisticalTest.NONE, Cause.DATA, 0, 1, 0));
    double p = tests.stream().mapToDouble(t -> FeatureResult.corrected(t, tests)).min().orElse(1);
    Effects effects = tested ? EffectSizes.of(reference, window, baseline) : Effects.NONE;
    if (!drifted.isEmpty() && best.effect() > effects.jensenShannon()) {
      effects = new Effects(effects.psi(), best.effect(), effects.wasserstein());
    }
    Verdict verdict = drifted.isEmpty() ? Verdict.OK : Verdict.DRIFT;
    return new FeatureResult(
        reference.feature(),
        best.test(),
        best.statistic(),
        p,
        effects,
        n,
        m,
        tested ? verdict : Verdict.INSUFFICIENT,
        tests,
        drifted,
        baseline.windows(),
        baseline.calibrated(),
        tested ? Cells.of(reference, window) : List.of());
  }
}
