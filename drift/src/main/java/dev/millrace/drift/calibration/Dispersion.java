package dev.millrace.drift.calibration;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * How much a test's statistic varies between calm windows. A statistic is given as its ratio to its
 * mean with independent rows, so that a mean ratio of 1 is that of independent rows. Where rows of
 * a window depend on each other, such as flights on a day with bad weather, the ratios have the
 * mean phi above 1.
 *
 * <p>Calm windows are few, so phi is not known: a p-value is the mean over what they leave open
 * about phi, at least 1. That is the fiducial distribution of phi, under which a mean ratio as low
 * as the observed one has probability u at the quantile 1 - u; the mean ratio of k windows is phi
 * times a chi-square variable over its degrees of freedom, k times those of one window. So the
 * p-value of a large phi is the tail of Fisher's distribution for an estimated variance.
 *
 * <p>The part of a ratio that exceeds 1 is caused by whole windows, so it does not shrink with more
 * rows in each: a window whose effective size is s times that of the calm windows has phi(s) = phi
 * + (s - 1) (u - 1), s above 1, with u at least an upper bound of phi (95 %): small calm windows
 * hardly show what they have in common.
 */
public final class Dispersion {
  /** Rows are known to be independent. */
  public static final Dispersion INDEPENDENT =
      new Dispersion(0, 1, new double[] {1}, new double[] {1}, (ratio, phi) -> 0);

  /** One-sided confidence of the bounds of what few calm windows show. */
  private static final double CONFIDENCE = 0.95;

  /** The normal distribution's quantile of this confidence. */
  private static final double NORMAL_QUANTILE = 1.6448536269514722;

  /** Points of the fiducial distribution above 1, evenly spaced on the scale of logarithms. */
  private static final int POINTS = 40;

  /** What is left of the fiducial distribution beyond the last point: less than any level. */
  private static final double BEYOND = 1e-7;

  private final int windows;
  private final double mean;
  private final double[] phis;
  private final double[] weights;
  private final DoubleBinaryOperator shifted;

  private Dispersion(
      int windows, double mean, double[] phis, double[] weights, DoubleBinaryOperator shifted) {
    this.windows = windows;
    this.mean = mean;
    this.phis = phis;
    this.weights = weights;
    this.shifted = shifted;
  }

  /**
   * Of the ratios of a squared statistic in calm windows, at least one. A window's ratio is the
   * square of a sum: noise of its rows, with variance 1 and relative variance v of its square, and
   * a shift of the whole window with variance b = phi - 1. So its variance is v + 4 b + 2 b².
   *
   * @param independentVariance v, the relative variance of the statistic with independent rows
   */
  public static Dispersion ofSquares(List<Double> ratios, double independentVariance) {
    return ofSquares(ratios, independentVariance, 1);
  }

  /**
   * The same of calm windows that resemble the one before: then they are nearer to their own mean
   * than new windows are.
   *
   * @param larger how many times the mean ratio of new windows exceeds that of the calm ones
   */
  public static Dispersion ofSquares(
      List<Double> ratios, double independentVariance, double larger) {
    return of(
        ratios,
        larger,
        phi -> {
          double b = phi - 1;
          return 2 * phi * phi / (independentVariance + 4 * b + 2 * b * b);
        },
        (ratio, phi) -> 0);
  }

  /**
   * Of the ratios of a statistic with many degrees of freedom, such as chi-square. A shift of the
   * whole window may be in all of its directions, or in a single one: the degrees of freedom of a
   * ratio are between those. In between they are the lower bound (95 %) of what the variance of the
   * ratios shows.
   *
   * @param most degrees of freedom of the statistic with independent rows
   */
  public static Dispersion ofMany(List<Double> ratios, int most) {
    double shown = shownDegrees(ratios, most);
    return ofMany(
        ratios,
        phi -> {
          double one = 1 + most * (phi - 1);
          double least = most * phi * most * phi / (most - 1 + one * one);
          return Math.max(least, Math.min(shown, most));
        });
  }

  /**
   * The same for a statistic whose parts are divided by their means in the calm windows. So its
   * mean ratio is about 1 although rows depend on each other, and only the variance shows it.
   *
   * @param most see {@link #ofMany}
   */
  public static Dispersion ofParts(List<Double> ratios, int most) {
    double shown = Math.max(1, shownDegrees(ratios, most));
    return ofMany(ratios, phi -> Math.min(shown, most));
  }

  private static Dispersion ofMany(List<Double> ratios, DoubleUnaryOperator degrees) {
    return of(
        ratios,
        1,
        degrees,
        (ratio, phi) -> {
          double d = degrees.applyAsDouble(phi);
          return Tails.chiSquare(d * ratio / phi, d);
        });
  }

  /**
   * The lower bound of 2 / variance, relative to the squared mean. The variance of k values is
   * known as well as that of fewer normal ones, since chi-square with d degrees has the excess
   * kurtosis 12 / d (Cramér, Mathematical Methods of Statistics, 1946, 27.4).
   */
  private static double shownDegrees(List<Double> ratios, int most) {
    int k = ratios.size();
    double mean = mean(ratios);
    double squares = ratios.stream().mapToDouble(r -> (r - mean) * (r - mean)).sum();
    if (k < 2 || squares == 0) {
      return most;
    }
    double shown = 2 * mean * mean * (k - 1.0) / squares;
    double df = (k - 1) / (1 + 6 / shown);
    return shown * lowQuantile(df);
  }

  /**
   * The quantile (5 %) of chi-square over its degrees of freedom, by Wilson and Hilferty (PNAS 17,
   * 1931).
   */
  private static double lowQuantile(double degrees) {
    double root = 1 - 2 / (9 * degrees) - NORMAL_QUANTILE * Math.sqrt(2 / (9 * degrees));
    return Math.max(0, root * root * root);
  }

  /**
   * The upper bound (95 %) of a variance; infinite if there are too few degrees of freedom to say.
   *
   * @param mean of squares of normal values
   * @param degrees of freedom of the mean
   */
  public static double upperBound(double mean, double degrees) {
    return mean == 0 ? 0 : mean / lowQuantile(degrees);
  }

  private static double mean(List<Double> ratios) {
    return ratios.stream().mapToDouble(Double::doubleValue).sum() / ratios.size();
  }

  private static Dispersion of(
      List<Double> ratios,
      double larger,
      DoubleUnaryOperator degrees,
      DoubleBinaryOperator shifted) {
    int k = ratios.size();
    double calm = mean(ratios);
    double mean = larger * calm;
    DoubleUnaryOperator upTo =
        phi -> {
          double d = k * degrees.applyAsDouble(phi);
          return Tails.chiSquare(d * mean / phi, d);
        };
    double most = 2 * Math.max(1, mean);
    while (1 - upTo.applyAsDouble(most) > BEYOND) {
      most *= 2;
    }
    double[] phis = new double[POINTS + 1];
    double[] weights = new double[POINTS + 1];
    double step = Math.pow(most, 1.0 / POINTS);
    double below = upTo.applyAsDouble(1);
    phis[0] = 1;
    weights[0] = below;
    double phi = 1;
    for (int i = 1; i <= POINTS; i++) {
      double next = i == POINTS ? 1 : upTo.applyAsDouble(phi * step);
      phis[i] = phi * Math.sqrt(step);
      weights[i] = Math.max(0, next - below);
      below = Math.max(below, next);
      phi *= step;
    }
    return new Dispersion(k, calm, phis, weights, shifted);
  }

  /** Number of calm windows; 0 if rows are known to be independent. */
  public int windows() {
    return windows;
  }

  /** The mean ratio of calm windows, at least 1. */
  public double phi() {
    return Math.max(1, mean);
  }

  /**
   * The mean ratio of windows of another size, at least 1; of larger ones with the upper bound (95
   * %) of phi - 1 for the part that exceeds the size of the calm windows.
   *
   * @param scale the window's effective size, relative to that of the calm windows
   */
  public double phi(double scale) {
    return scale <= 1 || windows == 0 ? phi() : phi() + (scale - 1) * (upper() - 1);
  }

  private double upper() {
    double sum = 0;
    for (int i = 0; i < phis.length; i++) {
      sum += weights[i];
      if (sum >= CONFIDENCE) {
        return Math.max(phi(), phis[i]);
      }
    }
    return Math.max(phi(), phis[phis.length - 1]);
  }

  /**
   * The p-value of a statistic, averaged over phi. Given phi it is that of independent rows for the
   * statistic divided by phi, or if that is larger, that of a shift of whole windows.
   *
   * @param ratio the statistic over its mean with independent rows
   * @param independent by phi, the p-value of independent rows for the statistic divided by phi
   * @param scale see {@link #phi(double)}
   */
  public double pValue(double ratio, DoubleUnaryOperator independent, double scale) {
    double larger = Math.max(1, scale);
    double upper = larger > 1 ? upper() : 1;
    double p = 0;
    for (int i = 0; i < phis.length; i++) {
      if (weights[i] > 0) {
        double phi = phis[i] + (larger - 1) * (Math.max(upper, phis[i]) - 1);
        double given = independent.applyAsDouble(phi);
        p += weights[i] * Math.max(given, shifted.applyAsDouble(ratio, phi));
      }
    }
    return Math.min(1, p);
  }
}
