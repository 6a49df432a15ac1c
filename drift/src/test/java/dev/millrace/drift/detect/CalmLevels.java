package dev.millrace.drift.detect;

import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Measures how often a calm window is significant where windows differ by a shift of their own: a
 * reference of k blocks, and some more windows of the same kind. {@link #main} prints the whole
 * grid; the tests run a part of it.
 */
final class CalmLevels {
  private static final int ROWS = 400;
  private static final int WINDOWS = 5;
  private static final int BINS = 64;

  private final SplittableRandom random;

  /** How windows differ. */
  enum Kind {
    /** The mean of normal numbers, in their standard deviations. */
    NUMBERS,
    /** The logarithm of the share of nulls, 5 % in the middle. */
    NULLS,
    /** The share of the first of two categories, 30 % in the middle. */
    TWO_CATEGORIES,
    /** The share of the first of five categories, 30 % in the middle. */
    FIVE_CATEGORIES
  }

  CalmLevels(int seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * The share of windows with a p-value up to each level.
   *
   * @param deviation between windows
   * @param blocks of each reference
   */
  double[] of(Kind kind, double deviation, int blocks, int references, double... levels) {
    Reference empty = empty(kind);
    double[] shares = new double[levels.length];
    for (int i = 0; i < references; i++) {
      List<Profile> calm =
          IntStream.range(0, blocks).mapToObj(b -> window(kind, empty, deviation)).toList();
      Profile sum = empty.newProfile();
      calm.forEach(sum::merge);
      Reference reference = empty.withCounts(sum);
      Baseline baseline = BlockBaseline.of(reference, DailyBlocks.of(calm), 30);
      for (int w = 0; w < WINDOWS; w++) {
        double p = p(kind, reference, window(kind, empty, deviation), baseline);
        for (int level = 0; level < levels.length; level++) {
          shares[level] += p <= levels[level] ? 1.0 / references / WINDOWS : 0;
        }
      }
    }
    return shares;
  }

  private static double p(Kind kind, Reference reference, Profile window, Baseline baseline) {
    StatisticalTest wanted =
        switch (kind) {
          case NUMBERS -> StatisticalTest.KOLMOGOROV_SMIRNOV;
          case NULLS -> StatisticalTest.NULL_SHARE;
          case TWO_CATEGORIES, FIVE_CATEGORIES -> StatisticalTest.CHI_SQUARE;
        };
    return new FeatureComparison(0, 0, 30)
        .of(reference, window, baseline).tests().stream()
            .filter(test -> test.test() == wanted)
            .mapToDouble(TestResult::p)
            .findFirst()
            .orElse(1);
  }

  private static Reference empty(Kind kind) {
    return switch (kind) {
      case NUMBERS, NULLS -> {
        double[] edges = IntStream.range(1, BINS).mapToDouble(i -> -3 + 6.0 * i / BINS).toArray();
        Profile none =
            Profile.of(
                NumberBins.of(edges),
                new long[NumberBins.of(edges).size()],
                Map.of(),
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY);
        yield new Reference("x", none, 0, 1, 0, 0, 0L);
      }
      case TWO_CATEGORIES -> Reference.of("x", List.of("c0", "c1"));
      case FIVE_CATEGORIES -> Reference.of("x", List.of("c0", "c1", "c2", "c3", "c4"));
    };
  }

  private Profile window(Kind kind, Reference empty, double deviation) {
    Profile window = empty.newProfile();
    double shift = deviation * random.nextGaussian();
    if (kind == Kind.NULLS) {
      double share = Math.min(0.9, 0.05 * Math.exp(shift));
      long nulls = IntStream.range(0, ROWS).filter(i -> random.nextDouble() < share).count();
      window.add(UnbinnedKind.NULL, nulls);
      for (int i = 0; i < ROWS - nulls; i++) {
        window.add(0);
      }
      return window;
    }
    double share = Math.max(0.001, Math.min(0.999, 0.3 + shift));
    int others = kind == Kind.FIVE_CATEGORIES ? 4 : 1;
    for (int i = 0; i < ROWS; i++) {
      if (kind == Kind.NUMBERS) {
        window.add(random.nextGaussian() + shift);
      } else {
        window.add(random.nextDouble() < share ? "c0" : "c" + (1 + random.nextInt(others)));
      }
    }
    return window;
  }

  /** Not a test: prints the whole grid as a table, {@code main [references]}. */
  public static void main(String[] args) {
    int references = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    System.out.println("| Windows differ by | blocks | φ | p <= .05 | .01 | .001 |");
    System.out.println("|---|---|---|---|---|---|");
    CalmLevels levels = new CalmLevels(2026);
    for (Kind kind : Kind.values()) {
      for (double phi : new double[] {1, 1.2, 1.5, 2, 3}) {
        for (int blocks : new int[] {10, 14, 30}) {
          double[] shares =
              levels.of(kind, deviation(kind, phi), blocks, references, .05, .01, .001);
          System.out.printf(
              "| %s | %d | %.1f | %.4f | %.4f | %.5f |%n",
              kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
              blocks,
              phi,
              shares[0],
              shares[1],
              shares[2]);
        }
      }
    }
  }

  /** The deviation between windows with which the mean ratio is phi. */
  private static double deviation(Kind kind, double phi) {
    double perUnit =
        switch (kind) {
          // The largest difference is at the median, where the normal density is 0.4.
          case NUMBERS -> ROWS * 0.159 / (Math.PI * Math.PI / 12);
          case NULLS -> ROWS * 0.05 * 0.95;
          case TWO_CATEGORIES -> ROWS / 0.21;
          case FIVE_CATEGORIES -> ROWS / 0.21 / 4;
        };
    return Math.sqrt((phi - 1) / perUnit);
  }
}
