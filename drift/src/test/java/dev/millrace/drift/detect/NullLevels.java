package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Measures how often one window without any change is significant. Each repetition draws a
 * reference, cuts its bins and draws a window. {@link #main} prints the whole grid of sample sizes;
 * the tests run a part of it.
 */
final class NullLevels {
  private static final FeatureComparison TEST = new FeatureComparison(0, 0, 1);

  private NullLevels() {}

  /** The share of repetitions with a p-value up to each level. */
  static double[] of(DoubleSupplier source, int n, int m, int repetitions, double... levels) {
    double[] shares = new double[levels.length];
    for (int i = 0; i < repetitions; i++) {
      double[] sample = new double[m];
      for (int j = 0; j < m; j++) {
        sample[j] = source.getAsDouble();
      }
      Reference reference = Reference.of("x", sample);
      Profile window = reference.newProfile();
      for (int j = 0; j < n; j++) {
        window.add(source.getAsDouble());
      }
      add(shares, levels, TEST.of(reference, window).p(), repetitions);
    }
    return shares;
  }

  /**
   * The same for fixed bins of equal probability. Eight draws are taken from one random long, which
   * is fast enough for levels far below 5 %.
   */
  static double[] ofEqualBins(
      SplittableRandom random, int n, int m, int repetitions, double... levels) {
    double[] shares = new double[levels.length];
    for (int i = 0; i < repetitions; i++) {
      BinnedSamples samples = new BinnedSamples(counts(random, n), counts(random, m));
      add(shares, levels, KolmogorovSmirnov.pValue(samples), repetitions);
    }
    return shares;
  }

  private static void add(double[] shares, double[] levels, double p, int repetitions) {
    for (int k = 0; k < levels.length; k++) {
      shares[k] += p <= levels[k] ? 1.0 / repetitions : 0;
    }
  }

  private static long[] counts(SplittableRandom random, int n) {
    long[] counts = new long[256];
    for (int drawn = 0; drawn < n; ) {
      long bits = random.nextLong();
      for (int i = 0; i < 8 && drawn < n; i++, drawn++) {
        counts[(int) (bits >>> (8 * i)) & 255]++;
      }
    }
    return counts;
  }

  /** Not a test: prints the grid of sample sizes, {@code main [repetitions]}. */
  public static void main(String[] args) {
    int repetitions = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
    SplittableRandom random = new SplittableRandom(2026);
    for (int m : new int[] {1_000, 10_000, 100_000}) {
      for (int n : new int[] {100, 1_000, 10_000, 100_000}) {
        double[] cut = of(random::nextDouble, n, m, repetitions, 0.05, 0.001);
        double[] fixed = ofEqualBins(random, n, m, 10 * repetitions, 0.05, 0.001);
        System.out.printf(
            "n %6d  m %6d  cut from the reference: .05 -> %.4f  .001 -> %.5f"
                + "   fixed: .05 -> %.4f  .001 -> %.5f%n",
            n, m, cut[0], cut[1], fixed[0], fixed[1]);
      }
    }
  }
}
