package dev.millrace.drift.detect;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The chi-square test of what happens inside 16 groups of neighbouring numbers with equal shares of
 * the reference. Each group is halved by the reference's mass, four times; the statistic is the sum
 * over all halvings of the two-sample test of the half's share. What shifts a whole window, such as
 * weather, moves mass between groups, and hardly inside them: so windows differ little by this
 * statistic where they differ much by Kolmogorov-Smirnov's, and a change of the values themselves
 * stands out.
 */
final class LocalChiSquare {
  /** Mean ratio of each level with independent rows. */
  static final List<Double> FLAT = Stream.generate(() -> 1.0).limit(4).toList();

  /** With fewer halvings than groups there is no test. */
  static final int FEWEST_DEGREES = 16;

  private static final int GROUPS = 16;
  private static final int LEAVES = GROUPS << FLAT.size();

  private final double[] levels;
  private final int[] degrees;

  private LocalChiSquare(double[] levels, int[] degrees) {
    this.levels = levels;
    this.degrees = degrees;
  }

  /**
   * @param whole the reference's counts, which define the halvings
   * @param samples window and reference over the same bins; the reference may be a part of the
   *     whole
   * @param most a larger window is compared only by the halvings that one of so many rows has
   *     enough values for: calm windows of this size have not shown how the others vary
   */
  static LocalChiSquare of(long[] whole, BinnedSamples samples, double most) {
    double total = Arrays.stream(whole).sum();
    double[] w = new double[LEAVES];
    double[] r = new double[LEAVES];
    double before = 0;
    for (int bin = 0; bin < whole.length; bin++) {
      double middle = total == 0 ? 0 : (before + whole[bin] / 2.0) / total;
      int leaf = Math.min(LEAVES - 1, (int) (middle * LEAVES));
      w[leaf] += samples.window(bin);
      r[leaf] += samples.reference(bin);
      before += whole[bin];
    }
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double smaller = Math.min(Math.min(n, m), most);
    double[] levels = new double[FLAT.size()];
    int[] degrees = new int[FLAT.size()];
    for (int level = FLAT.size() - 1; level >= 0; level--) {
      int nodes = w.length / 2;
      double[] nextW = new double[nodes];
      double[] nextR = new double[nodes];
      for (int i = 0; i < nodes; i++) {
        nextW[i] = w[2 * i] + w[2 * i + 1];
        nextR[i] = r[2 * i] + r[2 * i + 1];
        double left = w[2 * i] + r[2 * i];
        double both = nextW[i] + nextR[i];
        double expected = Math.min(left, both - left) / (n + m) * smaller;
        if (expected >= ChiSquare.LEAST_EXPECTED && nextW[i] > 0 && nextR[i] > 0) {
          double share = left / both;
          double difference = w[2 * i] / nextW[i] - r[2 * i] / nextR[i];
          levels[level] +=
              difference * difference / (share * (1 - share) * (1 / nextW[i] + 1 / nextR[i]));
          degrees[level]++;
        }
      }
      w = nextW;
      r = nextR;
    }
    return new LocalChiSquare(levels, degrees);
  }

  int allDegrees() {
    return Arrays.stream(degrees).sum();
  }

  /** Whether there are enough halvings to compare. */
  boolean testable() {
    return allDegrees() >= FEWEST_DEGREES;
  }

  /** The sum of all levels. */
  double statistic() {
    return Arrays.stream(levels).sum();
  }

  /**
   * The mean over all halvings, each divided by its level's mean ratio in calm windows: so no level
   * that always varies hides the others. A larger window counts as one of the size of the calm
   * windows, since what it has in common with its rows is a multiple of what theirs have, and by
   * another factor in each level.
   *
   * @param means of each level in the calm windows
   * @param scale the window's effective size relative to that of the calm windows
   */
  double ratio(List<Double> means, double scale) {
    double sum = 0;
    for (int level = 0; level < levels.length; level++) {
      if (degrees[level] > 0) {
        double ratio = Baseline.scaled(levels[level] / degrees[level], scale);
        sum += degrees[level] * ratio / means.get(level);
      }
    }
    return sum / allDegrees();
  }

  /** The statistic that calm windows of the size of those measured have on average. */
  double expected(List<Double> means) {
    double sum = 0;
    for (int level = 0; level < levels.length; level++) {
      sum += degrees[level] * means.get(level);
    }
    return sum;
  }

  /** The sum of one level's statistics, 0 the coarsest. */
  double level(int level) {
    return levels[level];
  }

  /** The number of one level's halvings with enough values. */
  int degrees(int level) {
    return degrees[level];
  }
}
