package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.calibration.Prediction;
import dev.millrace.drift.calibration.Tails;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.numbers.gamma.Erfc;

/** The tests of one feature in one window, before any decision. */
final class FeatureTests {
  /** The mean of the squared Kolmogorov-Smirnov statistic, of independent rows. */
  private static final double KOLMOGOROV_MEAN = Math.PI * Math.PI / 12;

  /**
   * Its variance relative to the squared mean: E K^4 = 7 pi^4 / 720 (Marsaglia, Tsang, Wang 2003).
   */
  private static final double KOLMOGOROV_VARIANCE =
      7 * Math.pow(Math.PI, 4) / 720 / (KOLMOGOROV_MEAN * KOLMOGOROV_MEAN) - 1;

  /** The relative variance of a squared standard normal variable. */
  private static final double SQUARE_VARIANCE = 2;

  /**
   * From this dispersion on Kolmogorov-Smirnov's test misses changes that are smaller than those
   * between calm windows, and the test inside groups is made, too.
   */
  private static final double DISPERSED = 2;

  private final Reference reference;
  private final Profile window;
  private final Baseline baseline;
  private final Cause cause;
  private final double scale;
  private final double wholeBinned;
  private final List<TestResult> results = new ArrayList<>();
  private final Map<StatisticalTest, Double> ratios = new EnumMap<>(StatisticalTest.class);

  private FeatureTests(Reference reference, Profile window, Baseline baseline, long[] whole) {
    this.reference = reference;
    this.window = window;
    this.baseline = baseline;
    this.cause = reference.feature().equals(Reference.SCORE) ? Cause.PREDICTION : Cause.DATA;
    this.scale = baseline.scale(window.total(), reference.total());
    this.wholeBinned = Arrays.stream(whole).sum();
  }

  /**
   * The tests of a window.
   *
   * @param results of the tests that had values to compare
   * @param ratios what calm windows teach: the ratio of each test, also of those that compare only
   *     values that did not occur; then the ratio is 0
   */
  record Tested(List<TestResult> results, Map<StatisticalTest, Double> ratios) {
    /** Without a test. */
    static final Tested NOTHING = new Tested(List.of(), Map.of());
  }

  /**
   * @param minSamples with fewer values in bins only their share is tested, not their distribution
   * @param whole the counts that define the groups of {@link LocalChiSquare}
   */
  static Tested of(
      Reference reference, Profile window, Baseline baseline, long minSamples, long[] whole) {
    FeatureTests tests = new FeatureTests(reference, window, baseline, whole);
    if (Math.min(window.binned(), reference.profile().binned()) >= minSamples) {
      if (reference.bins() instanceof NumberBins) {
        tests.addNumbers(whole);
      } else {
        tests.addCategories();
      }
    }
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      tests.addShare(kind);
    }
    return new Tested(tests.results, tests.ratios);
  }

  private void addNumbers(long[] whole) {
    BinnedSamples samples = new BinnedSamples(window.counts(), reference.profile().counts());
    double n = (double) samples.windowTotal();
    double m = (double) samples.referenceTotal();
    double d = difference(samples);
    double size = n / (n + m) * m;
    double ratio = size * d * d / KOLMOGOROV_MEAN;
    Dispersion calm = kolmogorovSmirnov(baseline);
    double p = kolmogorovSmirnov(d, n, m, calm, scale);
    results.add(
        new TestResult(
            StatisticalTest.KOLMOGOROV_SMIRNOV,
            cause,
            d,
            p,
            binnedEffect(),
            calm.phi(scale),
            ratio));
    ratios.put(StatisticalTest.KOLMOGOROV_SMIRNOV, ratio);
    if (!baseline.known() || isDispersed(calm)) {
      addLocal(LocalChiSquare.of(whole, samples), size);
    }
  }

  private void addLocal(LocalChiSquare local, double size) {
    if (local.testable()) {
      int degrees = local.allDegrees();
      Dispersion calm = baseline.ofLevels(degrees);
      double ratio = local.ratio(baseline.levels());
      double excess = local.statistic() - calm.phi(scale) * local.expected(baseline.levels());
      results.add(
          new TestResult(
              StatisticalTest.LOCAL_CHI_SQUARE,
              cause,
              local.statistic(),
              calm.pValue(ratio, phi -> Tails.chiSquare(ratio * degrees / phi, degrees), scale),
              EffectSizes.base2(excess / 8 / size),
              calm.phi(scale),
              ratio));
      ratios.put(StatisticalTest.LOCAL_CHI_SQUARE, ratio);
    }
  }

  private void addCategories() {
    BinnedSamples cells = categories(reference, window);
    ChiSquare chi = ChiSquare.of(cells);
    double ratio =
        chi.degrees() > 1
            ? chi.statistic() / chi.degrees()
            : shareRatio(chi.degrees() == 1 ? cells : rarest());
    ratios.put(StatisticalTest.CHI_SQUARE, ratio);
    Dispersion calm = baseline.ofMany(StatisticalTest.CHI_SQUARE, Math.max(1, chi.degrees()));
    double phi = calm.phi(scale);
    if (chi.degrees() > 0) {
      double p = calm.pValue(ratio, chi::p, scale);
      results.add(
          new TestResult(
              StatisticalTest.CHI_SQUARE, cause, chi.statistic(), p, binnedEffect(), phi, ratio));
    }
    addUnseen();
  }

  /**
   * The most frequent category against all others. Where the others are too few for a test of one
   * window, calm windows still show whether their share varies.
   */
  private BinnedSamples rarest() {
    BinnedSamples all = new BinnedSamples(window.counts(), reference.profile().counts());
    int most = 0;
    for (int bin = 1; bin < all.size(); bin++) {
      most = all.reference(bin) > all.reference(most) ? bin : most;
    }
    long n = all.windowTotal();
    long m = all.referenceTotal();
    return new BinnedSamples(
        new long[] {n - all.window(most), all.window(most)},
        new long[] {m - all.reference(most), all.reference(most)});
  }

  private static double shareRatio(BinnedSamples two) {
    return ShareRatio.of(two.window(0), two.windowTotal(), two.reference(0), two.referenceTotal());
  }

  /** The divergence of all bins with values. */
  private double binnedEffect() {
    double calm = 1 + (baseline.divergence().jensenShannon() - 1) * scale;
    return EffectSizes.divergence(EffectSizes.binned(reference, window), calm);
  }

  private void addShare(UnbinnedKind kind) {
    long x = window.count(kind);
    long y = reference.profile().count(kind);
    long n = window.total();
    long m = reference.total();
    StatisticalTest test = shareTest(kind);
    double ratio = ShareRatio.of(x, n, y, m);
    ratios.put(test, ratio);
    if (x + y == 0) {
      return;
    }
    Dispersion calm = baseline.of(test, SQUARE_VARIANCE);
    double phi = calm.phi(scale);
    double more = (double) x / n - (double) y / m;
    double exact = FisherExact.twoSided(x, n, y, m);
    double p =
        calm.pValue(
            ratio,
            each -> each <= 1 ? exact : Math.max(exact, Tails.chiSquare(ratio / each, 1)),
            scale);
    BinnedSamples cells =
        new BinnedSamples(
            new long[] {x, window.total() - x}, new long[] {y, reference.total() - y});
    double effect = EffectSizes.divergence(cells, phi);
    results.add(new TestResult(test, Cause.DATA_QUALITY, more, p, effect, phi, ratio));
  }

  private static double difference(BinnedSamples samples) {
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
    return d;
  }

  /**
   * The p-value given the dispersion: that of 1/phi of the rows, which is for a statistic of
   * independent rows, or if that is larger, the tail of the difference at the median, which is
   * normal: between windows it has the variance that phi adds, and a quarter by chance.
   */
  private static double kolmogorovSmirnov(double d, double n, double m, double phi) {
    double independent = Kolmogorov.pValue(d, n / phi, m / phi);
    double variance = 0.25 + (phi - 1) * KOLMOGOROV_MEAN;
    double size = n / (n + m) * m;
    return phi <= 1
        ? independent
        : Math.max(independent, Erfc.value(d * Math.sqrt(size / variance / 2)));
  }

  /** How much Kolmogorov-Smirnov's statistic varies between calm windows. */
  static Dispersion kolmogorovSmirnov(Baseline baseline) {
    return baseline.of(StatisticalTest.KOLMOGOROV_SMIRNOV, KOLMOGOROV_VARIANCE);
  }

  /** Whether the test inside groups is made, too. */
  static boolean isDispersed(Dispersion kolmogorovSmirnov) {
    return kolmogorovSmirnov.phi() >= DISPERSED;
  }

  /**
   * The calibrated p-value of Kolmogorov-Smirnov's test.
   *
   * @param d the largest difference of the distribution functions
   * @param n values of the window
   * @param m values of the reference
   * @param scale the window's effective size relative to that of the calm windows
   */
  static double kolmogorovSmirnov(double d, double n, double m, Dispersion calm, double scale) {
    double ratio = n / (n + m) * m * d * d / KOLMOGOROV_MEAN;
    return calm.pValue(ratio, phi -> kolmogorovSmirnov(d, n, m, phi), scale);
  }

  /** The p-value of independent rows. */
  static double kolmogorovSmirnov(BinnedSamples samples) {
    double n = (double) samples.windowTotal();
    double m = (double) samples.referenceTotal();
    return Kolmogorov.pValue(difference(samples), n, m);
  }

  /**
   * A new value is not in the reference with probability about singletons / m (Good, "The
   * population frequencies of species", Biometrika 40, 1953): this is the reference's expected
   * share of new values. Only a larger share is a change. The estimate's variance is (singletons +
   * 2 doubletons) / m^2 (Esty, Annals of Statistics 11, 1983), more than that of a share of m
   * values: so the estimate counts as a share of fewer values, with one more singleton and
   * doubleton, since it is an estimate itself. If the number of doubletons is not recorded, it is
   * taken as twice that of singletons. New values come in bursts, such as the rows of a new
   * customer, so the p-value is at least that of {@link #burst}.
   */
  private void addUnseen() {
    CategoryBins bins = (CategoryBins) reference.bins();
    long x = window.count(bins.unseen());
    long n = window.binned();
    long m = reference.profile().binned();
    double expected = (reference.singletons() + 1.0) / wholeBinned;
    ratios.put(StatisticalTest.UNSEEN_SHARE, x / expected / n);
    if (x > 0) {
      double ones = reference.singletons() + 1.0;
      double twos = reference.doubletons() == null ? 2 * ones : reference.doubletons() + 1.0;
      double weight = ones / (ones + twos);
      long y = Math.max(1, Math.round(ones * weight));
      double independent = FisherExact.upperTail(x, n, y, Math.max(y, Math.round(m * weight)));
      double[] calm = baseline.ratios(StatisticalTest.UNSEEN_SHARE);
      double p = Math.max(independent, burst(x, n, calm, expected));
      double phi = Math.max(1, Arrays.stream(calm).average().orElse(1));
      double more = (double) x / n - (double) reference.singletons() / m;
      BinnedSamples cells =
          new BinnedSamples(
              new long[] {x, n - x},
              new long[] {reference.singletons(), Math.max(0, m - reference.singletons())});
      results.add(
          new TestResult(
              StatisticalTest.UNSEEN_SHARE,
              Cause.UNSEEN_CATEGORIES,
              more,
              p,
              more <= 0 ? 0 : EffectSizes.divergence(cells, phi),
              phi,
              x / expected / n));
    }
  }

  /** The share of new values that a reference of independent rows leaves to expect. */
  static double expectedUnseen(Reference reference) {
    return (reference.singletons() + 1.0) / reference.profile().binned();
  }

  /**
   * The largest p-value of Student's t for the share of new values and for its logarithm, with the
   * variance between calm windows: how many rows a burst has is skewed, and then the first of the
   * two is too small. 0 where calm windows have no new values.
   */
  private static double burst(long x, long n, double[] calm, double expected) {
    if (Arrays.stream(calm).allMatch(ratio -> ratio == 0)) {
      return 0;
    }
    double[] shares = Arrays.stream(calm).map(ratio -> ratio * expected).toArray();
    double[] logs = Arrays.stream(shares).map(share -> StrictMath.log(share + 0.5 / n)).toArray();
    double share = (double) x / n;
    return Math.max(
        Prediction.upper(share, shares, 0),
        Prediction.upper(StrictMath.log(share + 0.5 / n), logs, 0));
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
