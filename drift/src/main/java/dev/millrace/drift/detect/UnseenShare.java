package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Prediction;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;

/**
 * The share of values of a window that are not in the reference, against the expected one.
 *
 * <p>A new value is not in the reference with probability about singletons / m (Good, "The
 * population frequencies of species", Biometrika 40, 1953): this is the reference's expected share
 * of new values. Only a larger share is a change. The estimate's variance is (singletons + 2
 * doubletons) / m^2 (Esty, Annals of Statistics 11, 1983), more than that of a share of m values:
 * so the estimate counts as a share of fewer values, with one more singleton and doubleton, since
 * it is an estimate itself. If the number of doubletons is not recorded, it is taken as twice that
 * of singletons. New values come in bursts, such as the rows of a new customer, so the p-value is
 * at least that of {@link #burst}.
 */
final class UnseenShare {
  private final Reference reference;
  private final long x;
  private final long n;
  private final long m;
  private final double expected;

  /**
   * @param wholeBinned values in bins of all seasons of the reference
   */
  UnseenShare(Reference reference, Profile window, double wholeBinned) {
    this.reference = reference;
    this.x = window.count(((CategoryBins) reference.bins()).unseen());
    this.n = window.binned();
    this.m = reference.profile().binned();
    this.expected = (reference.singletons() + 1.0) / wholeBinned;
  }

  /** The share of new values that a reference of independent rows predicts. */
  static double expected(Reference reference) {
    return (reference.singletons() + 1.0) / reference.profile().binned();
  }

  /** The share of the window over the expected one. */
  double ratio() {
    return x / expected / n;
  }

  /** Whether the window has new values. */
  boolean occurs() {
    return x > 0;
  }

  /**
   * @param calm the ratios of calm windows
   * @param scale the window's effective size relative to that of the calm windows
   */
  TestResult result(double[] calm, double scale) {
    double ones = reference.singletons() + 1.0;
    double twos = reference.doubletons() == null ? 2 * ones : reference.doubletons() + 1.0;
    double weight = ones / (ones + twos);
    long y = Math.max(1, Math.round(ones * weight));
    double independent = FisherExact.upperTail(x, n, y, Math.max(y, Math.round(m * weight)));
    double p = Math.max(independent, burst(calm, scale));
    double phi = Math.max(1, Arrays.stream(calm).average().orElse(1));
    double more = (double) x / n - (double) reference.singletons() / m;
    BinnedSamples cells =
        new BinnedSamples(
            new long[] {x, n - x},
            new long[] {reference.singletons(), Math.max(0, m - reference.singletons())});
    return new TestResult(
        StatisticalTest.UNSEEN_SHARE,
        Cause.UNSEEN_CATEGORIES,
        more,
        p,
        more <= 0 ? 0 : EffectSizes.divergence(cells, phi),
        phi,
        ratio());
  }

  /**
   * The largest p-value of Student's t for the share of new values and for its logarithm, with the
   * variance between calm windows: how many rows a burst has is skewed, and then the first of the
   * two is too small. A smaller window has fewer bursts, so its share deviates more by chance. 0
   * where calm windows have no new values.
   */
  private double burst(double[] calm, double scale) {
    if (Arrays.stream(calm).allMatch(ratio -> ratio == 0)) {
      return 0;
    }
    double[] shares = Arrays.stream(calm).map(ratio -> ratio * expected).toArray();
    double[] logs = Arrays.stream(shares).map(share -> StrictMath.log(share + 0.5 / n)).toArray();
    double mean = Arrays.stream(shares).average().orElse(0);
    double share = mean + ((double) x / n - mean) * Math.sqrt(Math.min(1, scale));
    return Math.max(
        Prediction.upper(share, shares, 0),
        Prediction.upper(StrictMath.log(share + 0.5 / n), logs, 0));
  }
}
