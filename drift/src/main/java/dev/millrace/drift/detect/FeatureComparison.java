package dev.millrace.drift.detect;

import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Compares one window of one feature with its reference.
 *
 * <p>Numbers are compared by Kolmogorov-Smirnov over the bins, categories by chi-square. Values
 * without a bin (null, NaN, infinite, wrong type) are compared by Fisher's exact test of each
 * kind's share, which is exact also where the reference has none of them. The share of categories
 * that the reference does not contain is compared with the share expected by chance. The feature's
 * p-value is the smallest of these times their number (Bonferroni). A kind of value that occurs on
 * neither side is not tested; whether it occurs does not depend on the difference, so the test
 * stays valid.
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

  /**
   * @throws IllegalArgumentException if the window was not counted over the reference's bins
   */
  public FeatureResult of(Reference reference, Profile window) {
    if (!window.bins().equals(reference.bins())) {
      throw new IllegalArgumentException(
          "the window of '" + reference.feature() + "' was counted over other bins");
    }
    long n = window.total();
    long m = reference.total();
    if (Math.min(n, m) < minSamples) {
      return new FeatureResult(
          reference.feature(),
          StatisticalTest.NONE,
          0,
          1,
          Effects.NONE,
          n,
          m,
          Verdict.INSUFFICIENT);
    }
    List<TestResult> results = results(reference, window);
    TestResult best =
        results.stream()
            .min(Comparator.comparingDouble(TestResult::p))
            .orElse(TestResult.of(StatisticalTest.NONE, Cause.DATA, 0, 1, 0));
    double p = Math.min(1, best.p() * Math.max(1, results.size()));
    Effects effects = EffectSizes.of(reference, window);
    Verdict verdict =
        p <= alpha && effects.jensenShannon() >= minEffect ? Verdict.DRIFT : Verdict.OK;
    return new FeatureResult(
        reference.feature(), best.test(), best.statistic(), p, effects, n, m, verdict);
  }

  private List<TestResult> results(Reference reference, Profile window) {
    List<TestResult> results = new ArrayList<>();
    // With few values in bins only their share is tested, not their distribution.
    if (Math.min(window.binned(), reference.profile().binned()) >= minSamples) {
      BinnedSamples samples = new BinnedSamples(window.counts(), reference.profile().counts());
      if (reference.bins() instanceof NumberBins) {
        results.add(kolmogorovSmirnov(samples));
      } else {
        ChiSquare chi = ChiSquare.of(categories(reference, window));
        if (chi.degrees() > 0) {
          results.add(
              TestResult.of(StatisticalTest.CHI_SQUARE, Cause.DATA, chi.statistic(), chi.p(), 0));
        }
        addUnseen(reference, window, results);
      }
    }
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      long x = window.count(kind);
      long y = reference.profile().count(kind);
      if (x + y > 0) {
        double p = FisherExact.twoSided(x, window.total(), y, reference.total());
        double more = (double) x / window.total() - (double) y / reference.total();
        results.add(TestResult.of(shareTest(kind), Cause.DATA_QUALITY, more, p, 0));
      }
    }
    return results;
  }

  static TestResult kolmogorovSmirnov(BinnedSamples samples) {
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double d = 0;
    long f = 0;
    long g = 0;
    for (int i = 0; i < samples.size(); i++) {
      f += samples.window(i);
      g += samples.reference(i);
      d = Math.max(d, Math.abs(f / n - g / m));
    }
    return TestResult.of(
        StatisticalTest.KOLMOGOROV_SMIRNOV, Cause.DATA, d, Kolmogorov.pValue(d, n, m), 0);
  }

  /**
   * A new value is not in the reference with probability about singletons / m (Good, "The
   * population frequencies of species", Biometrika 40, 1953): this is the reference's expected
   * share of new values. Only a larger share is a change. The estimate's variance is (singletons +
   * 2 doubletons) / m^2 (Esty, Annals of Statistics 11, 1983), more than that of a share of m
   * values: so the estimate counts as a share of fewer values, with one more singleton and
   * doubleton, since it is an estimate itself. If the number of doubletons is not recorded, it is
   * taken as twice that of singletons.
   */
  private static void addUnseen(Reference reference, Profile window, List<TestResult> results) {
    CategoryBins bins = (CategoryBins) reference.bins();
    long x = window.count(bins.unseen());
    if (x > 0) {
      long n = window.binned();
      long m = reference.profile().binned();
      double ones = reference.singletons() + 1.0;
      double twos = reference.doubletons() == null ? 2 * ones : reference.doubletons() + 1.0;
      double weight = ones / (ones + twos);
      long y = Math.max(1, Math.round(ones * weight));
      double p = FisherExact.upperTail(x, n, y, Math.max(y, Math.round(m * weight)));
      double more = (double) x / n - (double) reference.singletons() / m;
      results.add(TestResult.of(StatisticalTest.UNSEEN_SHARE, Cause.UNSEEN_CATEGORIES, more, p, 0));
    }
  }

  /**
   * The bins of categories, with OTHER, UNSEEN and all sparse bins in one: whether a rare category
   * is in the reference or only in the window is chance, so these bins are comparable only
   * together.
   */
  static BinnedSamples categories(Reference reference, Profile window) {
    return categories(reference, window.counts(), reference.profile().counts());
  }

  /** The bins of categories, without UNSEEN. */
  static BinnedSamples seenCategories(Reference reference, Profile window) {
    int unseen = ((CategoryBins) reference.bins()).unseen();
    return categories(
        reference,
        Arrays.copyOf(window.counts(), unseen),
        Arrays.copyOf(reference.profile().counts(), unseen));
  }

  private static BinnedSamples categories(Reference reference, long[] window, long[] counts) {
    int other = ((CategoryBins) reference.bins()).other();
    return new BinnedSamples(window, counts)
        .poolChosenByChance(other)
        .poolSparse(ChiSquare.LEAST_EXPECTED, other);
  }

  private static StatisticalTest shareTest(UnbinnedKind kind) {
    return switch (kind) {
      case NULL -> StatisticalTest.NULL_SHARE;
      case NAN -> StatisticalTest.NAN_SHARE;
      case INFINITE -> StatisticalTest.INFINITE_SHARE;
      case WRONG_TYPE -> StatisticalTest.WRONG_TYPE_SHARE;
    };
  }
}
