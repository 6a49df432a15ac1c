package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.DependenceTime;
import dev.millrace.drift.calibration.Dispersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is known about the windows of a feature while nothing has changed: the ratios of each test's
 * statistic to its mean with independent rows.
 *
 * @param known whether blocks have been measured, or the first windows instead of them, or rows are
 *     known to be independent
 * @param rows mean number of rows of the windows measured
 * @param windows number of windows measured
 * @param ratios of each test, in the order of time; of the mean rank its deviations
 * @param levels mean ratio of each level of {@link LocalChiSquare}, at least 1
 * @param divergence mean of a window's divergences over their expectation with independent rows, at
 *     least 1
 * @param dependence {@link DependenceTime} of each test's ratios, where they are only a selection
 *     of the windows; empty where they are all of them
 */
public record Baseline(
    boolean known,
    double rows,
    int windows,
    Map<StatisticalTest, List<Double>> ratios,
    List<Double> levels,
    Divergence divergence,
    Map<StatisticalTest, Double> dependence) {
  /** Rows are independent: the tests have their textbook distributions. */
  public static final Baseline INDEPENDENT =
      new Baseline(true, 0, 0, Map.of(), LocalChiSquare.FLAT, Divergence.INDEPENDENT, Map.of());

  /** Nothing has been measured: the detector still calibrates. */
  public static final Baseline UNKNOWN =
      new Baseline(false, 0, 0, Map.of(), LocalChiSquare.FLAT, Divergence.INDEPENDENT, Map.of());

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
    dependence = Map.copyOf(dependence);
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
   * Whether a test may be made: enough windows have a ratio of it. A test that few of them could
   * make would have its textbook distribution, and alarm in most windows where they vary.
   */
  boolean calibrates(StatisticalTest test) {
    return !calibrated() || windows == 0 || isMeasured(test);
  }

  private boolean isMeasured(StatisticalTest test) {
    return ratios.getOrDefault(test, List.of()).size() >= FEWEST;
  }

  /** The dispersion of a squared statistic; that of independent rows where windows are too few. */
  Dispersion of(StatisticalTest test, double independentVariance) {
    return isMeasured(test)
        ? Dispersion.ofSquares(
            ratios.getOrDefault(test, List.of()), independentVariance, larger(test))
        : Dispersion.INDEPENDENT;
  }

  /**
   * How many times the ratios of new windows exceed those of calm ones, on average. Where windows
   * resemble the one before, calm windows are nearer to their own mean than later ones are. Only
   * mean ranks show that well enough, so other tests than Kolmogorov-Smirnov's are left as they
   * are. The mean of so many windows that they are a selection is known well enough.
   */
  private double larger(StatisticalTest test) {
    double tau =
        test == StatisticalTest.KOLMOGOROV_SMIRNOV && dependence.isEmpty()
            ? DependenceTime.ofSquares(meanRankTime())
            : 1;
    return tau == 1
        ? 1
        : DependenceTime.inflation(ratios.getOrDefault(test, List.of()).size(), tau);
  }

  /** The dispersion of a statistic with more than one degree of freedom, likewise. */
  Dispersion ofMany(StatisticalTest test, int degrees) {
    return isMeasured(test)
        ? Dispersion.ofMany(ratios.getOrDefault(test, List.of()), degrees)
        : Dispersion.INDEPENDENT;
  }

  /** The ratios of a test; empty if windows are too few. */
  double[] ratios(StatisticalTest test) {
    return isMeasured(test)
        ? ratios.getOrDefault(test, List.of()).stream().mapToDouble(Double::doubleValue).toArray()
        : new double[0];
  }

  /** The dispersion of {@link LocalChiSquare}, whose levels are divided by their means. */
  Dispersion ofLevels(int degrees) {
    StatisticalTest test = StatisticalTest.LOCAL_CHI_SQUARE;
    return isMeasured(test)
        ? Dispersion.ofParts(ratios.getOrDefault(test, List.of()), degrees)
        : Dispersion.INDEPENDENT;
  }

  /**
   * How many windows in a row are about as much evidence by a test as one; at least 1. The squares
   * of Kolmogorov-Smirnov's test show less of it than the mean ranks do, which have a sign.
   *
   * @param meanRankTime {@link #meanRankTime()}
   */
  double dependenceTime(StatisticalTest test, double meanRankTime) {
    return test == StatisticalTest.KOLMOGOROV_SMIRNOV
        ? Math.max(time(test), DependenceTime.ofSquares(meanRankTime))
        : time(test);
  }

  /**
   * The dependence time of mean ranks: of windows that are not all next to each other it was
   * measured before they were selected.
   */
  double meanRankTime() {
    Double selected = dependence.get(StatisticalTest.MEAN_RANK);
    return selected == null
        ? DependenceTime.upperBound(ratios.getOrDefault(StatisticalTest.MEAN_RANK, List.of()))
        : selected;
  }

  /** The dependence time of the test's own ratios. */
  double time(StatisticalTest test) {
    Double selected = dependence.get(test);
    return selected == null ? DependenceTime.of(ratios.getOrDefault(test, List.of())) : selected;
  }

  /**
   * Of blocks that differ as much as these.
   *
   * @param rowsOfEach their mean number of rows
   * @param times how many times as many there are
   */
  Baseline ofBlocks(double rowsOfEach, int times) {
    Map<StatisticalTest, List<Double>> repeated = new EnumMap<>(StatisticalTest.class);
    ratios.forEach(
        (test, values) ->
            repeated.put(
                test, Collections.nCopies(times, values).stream().flatMap(List::stream).toList()));
    return new Baseline(
        known, rowsOfEach, times * windows, repeated, levels, divergence, dependence);
  }

  /**
   * With one more calm window; without change if it is too small to show what others do.
   *
   * @param tests the ratios of the window
   * @param n its rows
   * @param m the rows of the reference that it was compared with
   */
  Baseline plus(Map<StatisticalTest, Double> tests, long n, long m) {
    double scale = scale(n, m);
    if (scale < SMALLEST || tests.isEmpty()) {
      return this;
    }
    return new Baseline(
        known, rows, windows + 1, with(tests, scale), levels, divergence, dependence);
  }

  /**
   * With one more of the windows that were compared with each other.
   *
   * @param tests the ratios of the window against the sum of those before it
   * @param n its rows; windows of any size count, since a mean ratio is that of their mean size
   * @param ratio of its divergences to those expected of independent rows
   * @param last whether enough windows have been measured with it
   */
  Baseline plusFirst(Map<StatisticalTest, Double> tests, long n, Divergence ratio, boolean last) {
    double weight = 1.0 / (windows + 1);
    return new Baseline(
        last,
        rows + weight * (n - rows),
        windows + 1,
        with(tests, 1),
        levels,
        new Divergence(
            divergence.psi() + weight * (Math.max(1, ratio.psi()) - divergence.psi()),
            divergence.jensenShannon()
                + weight * (Math.max(1, ratio.jensenShannon()) - divergence.jensenShannon()),
            divergence.wasserstein()
                + weight * (Math.max(1, ratio.wasserstein()) - divergence.wasserstein())),
        dependence);
  }

  private Map<StatisticalTest, List<Double>> with(
      Map<StatisticalTest, Double> tests, double scale) {
    Map<StatisticalTest, List<Double>> all = new EnumMap<>(StatisticalTest.class);
    all.putAll(ratios);
    tests.forEach(
        (test, ratio) -> {
          List<Double> values = new ArrayList<>(all.getOrDefault(test, List.of()));
          values.add(scaled(test, ratio, scale));
          all.put(test, values);
        });
    return all;
  }

  /** The ratio of a test that a window of the size of those measured would have. */
  static double scaled(StatisticalTest test, double ratio, double scale) {
    return switch (test) {
      // A share of new values is an estimate of the same share at any size, and the other ratio is
      // that of a window of this size already.
      case UNSEEN_SHARE, LOCAL_CHI_SQUARE -> ratio;
      case MEAN_RANK -> Math.copySign(Math.sqrt(scaled(ratio * ratio, scale)), ratio);
      default -> scaled(ratio, scale);
    };
  }

  /** The squared ratio that a window of the size of those measured would have. */
  static double scaled(double ratio, double scale) {
    return scale <= 1 ? ratio : 1 + (ratio - 1) / scale;
  }
}
