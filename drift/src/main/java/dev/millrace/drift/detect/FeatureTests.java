package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.calibration.Tails;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The tests of one feature in one window, before any decision. */
final class FeatureTests {
  /** The relative variance of a squared standard normal variable. */
  private static final double SQUARE_VARIANCE = 2;

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
   * @param ratios for the calibration, the ratio of each test; 0 for a test of values that did not
   *     occur
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
    double d = KolmogorovSmirnov.difference(samples);
    double ratio = KolmogorovSmirnov.ratio(d, n, m);
    Dispersion calm = KolmogorovSmirnov.dispersion(baseline);
    double p = KolmogorovSmirnov.pValue(d, n, m, calm, scale);
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
    ratios.put(StatisticalTest.MEAN_RANK, MeanRank.deviation(samples));
    if (!baseline.known() || KolmogorovSmirnov.isDispersed(calm)) {
      double most = baseline.rows() == 0 ? n : baseline.rows() * n / window.total();
      addLocal(LocalChiSquare.of(whole, samples, most), n / (n + m) * m);
    }
  }

  private void addLocal(LocalChiSquare local, double size) {
    if (local.testable()) {
      int degrees = local.allDegrees();
      Dispersion calm = baseline.ofLevels(degrees);
      double ratio = local.ratio(baseline.levels(), scale);
      double common = calm.phi() * local.expected(baseline.levels()) - degrees;
      double excess = local.statistic() - degrees - scale * common;
      results.add(
          new TestResult(
              StatisticalTest.LOCAL_CHI_SQUARE,
              cause,
              local.statistic(),
              calm.pValue(ratio, phi -> Tails.chiSquare(ratio * degrees / phi, degrees), 1),
              EffectSizes.base2(excess / 8 / size),
              calm.phi(),
              ratio));
      ratios.put(StatisticalTest.LOCAL_CHI_SQUARE, ratio);
    }
  }

  private void addCategories() {
    BinnedSamples cells = CategoryCells.all(reference, window);
    ChiSquare chi = ChiSquare.of(cells);
    // Where the cells are too few for a test, calm windows still show how much shares vary.
    double ratio =
        chi.degrees() > 1
            ? chi.statistic() / chi.degrees()
            : shareRatio(
                chi.degrees() == 1
                    ? cells
                    : CategoryCells.othersAndMostFrequent(reference, window));
    ratios.put(StatisticalTest.CHI_SQUARE, ratio);
    Dispersion calm = baseline.ofMany(StatisticalTest.CHI_SQUARE, Math.max(1, chi.degrees()));
    double phi = calm.phi(scale);
    if (chi.degrees() > 0) {
      double p = calm.pValue(ratio, chi::p, scale);
      results.add(
          new TestResult(
              StatisticalTest.CHI_SQUARE, cause, chi.statistic(), p, binnedEffect(), phi, ratio));
    }
    UnseenShare unseen = new UnseenShare(reference, window, wholeBinned);
    ratios.put(StatisticalTest.UNSEEN_SHARE, unseen.ratio());
    if (unseen.occurs()) {
      results.add(unseen.result(baseline.ratios(StatisticalTest.UNSEEN_SHARE), scale));
    }
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
    double dispersion = calm.phi(scale);
    double more = (double) x / n - (double) y / m;
    double exact = FisherExact.twoSided(x, n, y, m);
    BinnedSamples cells = new BinnedSamples(new long[] {x, n - x}, new long[] {y, m - y});
    // Log odds exaggerate how rare a window without such values is where they come in groups.
    ChiSquare shares = ChiSquare.of(cells);
    double p =
        calm.pValue(
            ratio,
            phi ->
                phi <= 1 || x + y == n + m // All rows are of this kind: no two cells to compare.
                    ? exact
                    : Math.max(exact, Math.max(Tails.chiSquare(ratio / phi, 1), shares.p(phi))),
            scale);
    double effect = EffectSizes.divergence(cells, dispersion);
    results.add(new TestResult(test, Cause.DATA_QUALITY, more, p, effect, dispersion, ratio));
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
