package dev.millrace.drift.calibration;

import java.util.Arrays;
import java.util.List;

/**
 * How many windows in a row are about as much evidence as one, because windows near each other are
 * alike: the integrated autocorrelation time of their values,
 *
 * <pre>tau = 1 + 2 (r1 + r2 + ...),</pre>
 *
 * which is (1 + r) / (1 - r) for an autoregressive sequence of first order, and about the number of
 * hours of a weekend for hourly windows that are unusual on weekends.
 *
 * <p>Autocorrelations are those of ranks, since a few large values would hide the order of the
 * others. They are added up in pairs as long as the pairs are positive, and a pair counts at most
 * as much as the one before it (initial monotone sequence; Geyer, "Practical Markov chain Monte
 * Carlo", Statistical Science 7, 1992). Few values show too little: r is increased by its bias (1 +
 * 3 r) / n (Kendall, Biometrika 41, 1954), and tau by one standard error of independent values,
 * sqrt(2 / n). Where neighbours are no more alike than independent values are by chance, tau is 1,
 * since a larger one would hide lasting changes.
 */
public final class DependenceTime {
  private static final int FEWEST = 4;

  /** Standard errors of the first autocorrelation that 16 % of independent values exceed. */
  private static final double SIGNIFICANT = 1;

  /** With fewer values the bounds of the correlation are too far apart to tell anything. */
  private static final int FEWEST_FOR_BOUND = 20;

  /** The same, which 7 % exceed. */
  private static final double LIKELY = 1.5;

  /** A larger correlation cannot be told from 1 by the windows of a season or two. */
  private static final double MOST_CORRELATION = 0.95;

  private DependenceTime() {}

  /**
   * The dependence time in windows, at least 1.
   *
   * @param values of windows, in the order of time; fewer than {@link #FEWEST} show nothing
   */
  public static double of(List<Double> values) {
    double time = of(values, SIGNIFICANT, 0);
    return time == 1 ? 1 : time * (1 + Math.sqrt(2.0 / values.size()));
  }

  /**
   * The same of the upper bound of the correlation, one standard error above it, sqrt((1 - r²) / n)
   * (Bartlett, Supplement to the JRSS 8, 1946), and 1 unless neighbours are more alike than 93 % of
   * independent values are. 30 values of a correlation of 0.8 show 0.4 to 0.9; evidence grows
   * without limit where the estimate is too small, and more slowly where it is too large.
   *
   * @param values see {@link #of}; fewer than 20 leave too much doubt
   */
  public static double upperBound(List<Double> values) {
    return values.size() < FEWEST_FOR_BOUND ? 1 : of(values, LIKELY, 1);
  }

  /**
   * @param significant standard errors that the first autocorrelation of independent values exceeds
   *     by chance
   * @param errors standard errors that are added to the correlation
   */
  private static double of(List<Double> values, double significant, double errors) {
    int n = values.size();
    if (n < FEWEST) {
      return 1;
    }
    double[] ranks = centredRanks(values);
    double variance = product(ranks, 0);
    // Independent values have the mean -1 / n.
    if (variance <= 0 || product(ranks, 1) / variance + 1.0 / n <= significant / Math.sqrt(n)) {
      return 1;
    }
    double shown = shown(ranks, variance);
    double r = Math.min(MOST_CORRELATION, (shown - 1) / (shown + 1) * (1 + 3.0 / n) + 1.0 / n);
    r = Math.min(MOST_CORRELATION, r + errors * Math.sqrt((1 - r * r) / n));
    return shown <= 1 ? 1 : Math.max(shown, (1 + r) / (1 - r));
  }

  /** The sum over pairs of lags, at least 1 and at most half the number of values. */
  private static double shown(double[] ranks, double variance) {
    int n = ranks.length;
    double sum = 0;
    double before = 2;
    for (int lag = 0; lag + 1 < n; lag += 2) {
      double pair = (product(ranks, lag) + product(ranks, lag + 1)) / variance;
      if (pair <= 0) {
        break;
      }
      before = Math.min(before, pair);
      sum += before;
    }
    return Math.max(1, Math.min(n / 2.0, 2 * sum - 1));
  }

  /**
   * How many times the square of a new window's deviation from k earlier ones exceeds that of one
   * of these from the others, on average. Their mean has the variance v t / k, if v is that of one
   * of them and t their dependence time, so the factor is
   *
   * <pre>(1 + t / k) / (1 - t / k), relative to that of t = 1.</pre>
   *
   * <p>Squares with the dependence time tau come from deviations with a longer one: of an
   * autoregressive sequence of first order with correlation r squares have the correlation r².
   *
   * @param windows their number k, at least 3
   * @param tau dependence time of squared deviations
   */
  public static double inflation(int windows, double tau) {
    return inflation(windows, tau, 1);
  }

  /**
   * The same if the mean of the earlier windows is off by so many of its standard errors s: 1 + s²
   * t / k in place of 1 + t / k.
   *
   * @param errors number s of standard errors
   */
  public static double inflation(int windows, double tau, double errors) {
    double r = Math.sqrt((tau - 1) / (tau + 1));
    double time = Math.min((1 + r) / (1 - r), windows / 2.0);
    double squared = errors * errors;
    return (windows + squared * time) / (windows - time) * (windows - 1) / (windows + squared);
  }

  /**
   * The dependence time of the squares of values: of an autoregressive sequence of first order with
   * correlation r squares have the correlation r².
   *
   * @param tau dependence time of the values
   */
  public static double ofSquares(double tau) {
    double r = (tau - 1) / (tau + 1);
    return (1 + r * r) / (1 - r * r);
  }

  private static double product(double[] values, int lag) {
    double sum = 0;
    for (int i = lag; i < values.length; i++) {
      sum += values[i] * values[i - lag];
    }
    return sum;
  }

  /** Ranks less their mean; equal values have the mean of their ranks. */
  private static double[] centredRanks(List<Double> values) {
    int n = values.size();
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double[] rankOf = new double[n];
    int from = 0;
    while (from < n) {
      int to = from + 1;
      while (to < n && sorted[to] == sorted[from]) {
        to++;
      }
      Arrays.fill(rankOf, from, to, (from + to - 1) / 2.0 - (n - 1) / 2.0);
      from = to;
    }
    return values.stream().mapToDouble(v -> rankOf[Arrays.binarySearch(sorted, v)]).toArray();
  }
}
