package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.calibration.Tails;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
  private final List<TestResult> results = new ArrayList<>();

  private FeatureTests(Reference reference, Profile window, Baseline baseline) {
    this.reference = reference;
    this.window = window;
    this.baseline = baseline;
    this.cause = reference.feature().equals(Reference.SCORE) ? Cause.PREDICTION : Cause.DATA;
    this.scale = baseline.scale(window.total(), reference.total());
  }

  /**
   * @param minSamples with fewer values in bins only their share is tested, not their distribution
   * @param whole the counts that define the groups of {@link LocalChiSquare}
   */
  static List<TestResult> of(
      Reference reference, Profile window, Baseline baseline, long minSamples, long[] whole) {
    FeatureTests tests = new FeatureTests(reference, window, baseline);
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
    return tests.results;
  }

  private void addNumbers(long[] whole) {
    BinnedSamples samples = new BinnedSamples(window.counts(), reference.profile().counts());
    double n = (double) samples.windowTotal();
    double m = (double) samples.referenceTotal();
    double d = difference(samples);
    double size = n / (n + m) * m;
    double ratio = size * d * d / KOLMOGOROV_MEAN;
    Dispersion calm = baseline.of(StatisticalTest.KOLMOGOROV_SMIRNOV, KOLMOGOROV_VARIANCE);
    double phi = calm.phi(scale);
    // With 1/phi of the rows, the statistic is that of independent rows.
    double independent = Kolmogorov.pValue(d, n / phi, m / phi);
    results.add(
        new TestResult(
            StatisticalTest.KOLMOGOROV_SMIRNOV,
            cause,
            d,
            calm.pValue(ratio, independent, scale),
            binnedEffect(),
            phi,
            ratio));
    if (!baseline.known() || calm.phi() >= DISPERSED) {
      addLocal(LocalChiSquare.of(whole, samples), size);
    }
  }

  private void addLocal(LocalChiSquare local, double size) {
    if (local.testable()) {
      Dispersion calm = baseline.of(StatisticalTest.LOCAL_CHI_SQUARE, 2.0 / local.allDegrees());
      double ratio = local.ratio(baseline.levels());
      double excess = local.statistic() - calm.phi(scale) * local.expected(baseline.levels());
      results.add(
          new TestResult(
              StatisticalTest.LOCAL_CHI_SQUARE,
              cause,
              local.statistic(),
              calm.pValueOfMany(ratio, local.allDegrees(), scale),
              EffectSizes.base2(excess / 8 / size),
              calm.phi(scale),
              ratio));
    }
  }

  private void addCategories() {
    ChiSquare chi = ChiSquare.of(categories(reference, window));
    Dispersion calm = baseline.of(StatisticalTest.CHI_SQUARE, 2.0 / Math.max(1, chi.degrees()));
    double phi = calm.phi(scale);
    if (chi.degrees() > 0) {
      double ratio = chi.statistic() / chi.degrees();
      double p = chi.p(phi);
      if (phi > 1) {
        p = Math.max(p, (1 - 1 / phi) * calm.pValueOfMany(ratio, chi.degrees(), scale));
      }
      results.add(
          new TestResult(
              StatisticalTest.CHI_SQUARE, cause, chi.statistic(), p, binnedEffect(), phi, ratio));
    }
    addUnseen(phi);
  }

  /** The divergence of all bins with values. */
  private double binnedEffect() {
    double calm = 1 + (baseline.divergence().jensenShannon() - 1) * scale;
    return EffectSizes.divergence(EffectSizes.binned(reference, window), calm);
  }

  private void addShare(UnbinnedKind kind) {
    long x = window.count(kind);
    long y = reference.profile().count(kind);
    if (x + y == 0) {
      return;
    }
    double n = (double) window.total();
    double m = (double) reference.total();
    StatisticalTest test = shareTest(kind);
    Dispersion calm = baseline.of(test, SQUARE_VARIANCE);
    double phi = calm.phi(scale);
    double share = (double) (x + y) / (n + m);
    double more = x / n - y / m;
    double ratio = share >= 1 ? 0 : more * more / (share * (1 - share) * (1 / n + 1 / m));
    double p = FisherExact.twoSided(x, window.total(), y, reference.total());
    if (phi > 1) {
      p = Math.max(p, calm.pValue(ratio, Tails.chiSquare(ratio / phi, 1), scale));
    }
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
   * taken as twice that of singletons.
   *
   * @param phi the dispersion of the seen categories, by which the window's counts are divided: the
   *     reference alone does not show how new values vary between windows
   */
  private void addUnseen(double phi) {
    CategoryBins bins = (CategoryBins) reference.bins();
    long x = window.count(bins.unseen());
    if (x > 0) {
      long n = window.binned();
      long m = reference.profile().binned();
      double ones = reference.singletons() + 1.0;
      double twos = reference.doubletons() == null ? 2 * ones : reference.doubletons() + 1.0;
      double weight = ones / (ones + twos);
      long y = Math.max(1, Math.round(ones * weight));
      long less = (long) Math.floor(x / phi);
      double p =
          less == 0
              ? 1
              : FisherExact.upperTail(
                  less,
                  Math.max(less, Math.round(n / phi)),
                  y,
                  Math.max(y, Math.round(m * weight)));
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
              1));
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
