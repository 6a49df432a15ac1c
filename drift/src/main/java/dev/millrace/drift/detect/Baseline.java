package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is known about the windows of a feature while nothing has changed: the ratios of each test's
 * statistic to its mean with independent rows.
 *
 * @param known whether windows have been measured, or rows are known to be independent
 * @param rows mean number of rows of the windows measured
 * @param windows number of windows measured
 * @param ratios of each test, in the order of time
 * @param levels mean ratio of each level of {@link LocalChiSquare}, at least 1
 * @param divergence mean of a window's divergences over their expectation with independent rows, at
 *     least 1
 */
public record Baseline(
    boolean known,
    double rows,
    int windows,
    Map<StatisticalTest, List<Double>> ratios,
    List<Double> levels,
    Divergence divergence) {
  /** Rows are independent: the tests have their textbook distributions. */
  public static final Baseline INDEPENDENT =
      new Baseline(true, 0, 0, Map.of(), LocalChiSquare.FLAT, Divergence.INDEPENDENT);

  /** Nothing has been measured: the detector still calibrates. */
  public static final Baseline UNKNOWN =
      new Baseline(false, 0, 0, Map.of(), LocalChiSquare.FLAT, Divergence.INDEPENDENT);

  /** Fewest windows from which a variation is estimated. */
  public static final int FEWEST = 10;

  /** Windows of a smaller relative size vary more by chance than by what they have in common. */
  private static final double SMALLEST = 0.5;

  /** Copies the collections. */
  public Baseline {
    Map<StatisticalTest, List<Double>> copy = new EnumMap<>(StatisticalTest.class);
    ratios.forEach((test, values) -> copy.put(test, List.copyOf(values)));
    ratios = Map.copyOf(copy);
    levels = List.copyOf(levels);
  }

  /**
   * How many times the divergences of calm windows exceed those expected of independent rows.
   *
   * @param psi of the population stability index
   * @param jensenShannon of the squared Jensen-Shannon distance
   * @param wasserstein of the squared Wasserstein-1 distance
   */
  public record Divergence(double psi, double jensenShannon, double wasserstein) {
    /** Independent rows. */
    public static final Divergence INDEPENDENT = new Divergence(1, 1, 1);
  }

  /** Whether enough windows were measured for an alarm. */
  public boolean calibrated() {
    return known && (windows == 0 || windows >= FEWEST);
  }

  /**
   * The window's effective size relative to the windows measured: that of its comparison with a
   * reference of m rows, 1 for a window of as many rows as those.
   */
  double scale(long n, long m) {
    if (windows == 0 || rows <= 0) {
      return 1;
    }
    double reference = (double) m;
    return n * reference / (n + reference) * (1 + rows / reference) / rows;
  }

  /**
   * The dispersion of a test; that of independent rows where none of the windows measured has a
   * ratio of it, and where there are too few.
   */
  Dispersion of(StatisticalTest test, double independentVariance) {
    List<Double> values = ratios.getOrDefault(test, List.of());
    return values.size() < FEWEST
        ? Dispersion.INDEPENDENT
        : Dispersion.of(values, independentVariance);
  }

  /**
   * With one more calm window; without change if it is too small to show what others do.
   *
   * @param tests of the window
   * @param n its rows
   * @param m the rows of the reference that it was compared with
   */
  public Baseline plus(List<TestResult> tests, long n, long m) {
    double scale = scale(n, m);
    if (scale < SMALLEST || tests.isEmpty()) {
      return this;
    }
    Map<StatisticalTest, List<Double>> all = new EnumMap<>(StatisticalTest.class);
    all.putAll(ratios);
    for (TestResult test : tests) {
      List<Double> values = new ArrayList<>(all.getOrDefault(test.test(), List.of()));
      values.add(scaled(test.ratio(), scale));
      all.put(test.test(), values);
    }
    return new Baseline(true, rows, windows + 1, all, levels, divergence);
  }

  /**
   * With one more of the windows that were compared with each other.
   *
   * @param tests of the window against the sum of those before it
   * @param n its rows
   * @param ratio of its divergences to those expected of independent rows
   */
  Baseline plusFirst(List<TestResult> tests, long n, Divergence ratio) {
    Map<StatisticalTest, List<Double>> all = new EnumMap<>(StatisticalTest.class);
    all.putAll(ratios);
    for (TestResult test : tests) {
      List<Double> values = new ArrayList<>(all.getOrDefault(test.test(), List.of()));
      values.add(test.ratio());
      all.put(test.test(), values);
    }
    double weight = 1.0 / (windows + 1);
    return new Baseline(
        true,
        rows + weight * (n - rows),
        windows + 1,
        all,
        levels,
        new Divergence(
            divergence.psi() + weight * (Math.max(1, ratio.psi()) - divergence.psi()),
            divergence.jensenShannon()
                + weight * (Math.max(1, ratio.jensenShannon()) - divergence.jensenShannon()),
            divergence.wasserstein()
                + weight * (Math.max(1, ratio.wasserstein()) - divergence.wasserstein())));
  }

  /** The ratio that a window of the size of those measured would have. */
  static double scaled(double ratio, double scale) {
    return scale <= 1 ? ratio : 1 + (ratio - 1) / scale;
  }
}
