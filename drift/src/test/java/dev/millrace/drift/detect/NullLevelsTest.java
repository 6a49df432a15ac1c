package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without any change the share of significant windows equals the level; fixed seeds. */
class NullLevelsTest {
  private final SplittableRandom random = new SplittableRandom(20260101);

  @ParameterizedTest
  @CsvSource({"100, 1000, 3000", "1000, 1000, 3000", "1000, 10000, 600", "10000, 1000, 1000"})
  void kolmogorovSmirnovKeepsItsLevelWithBinsCutFromTheReference(int n, int m, int repetitions) {
    double[] shares = NullLevels.of(random::nextDouble, n, m, repetitions, 0.05);

    // The standard error of the share is .004 for 3000 repetitions, .009 for 600.
    assertThat(shares[0]).isBetween(0.03, 0.055);
  }

  @ParameterizedTest
  @CsvSource({"100, 1000, 40000", "1000, 1000, 40000", "1000, 10000, 15000"})
  void kolmogorovSmirnovKeepsItsFarTail(int n, int m, int repetitions) {
    double[] shares = NullLevels.ofEqualBins(random, n, m, repetitions, 0.05, 0.001);

    assertThat(shares[0]).isBetween(0.03, 0.055);
    assertThat(shares[1]).isLessThanOrEqualTo(0.0015);
  }

  @Test
  void neverExceedsTheLevelWithTies() {
    DoubleSupplier coin = () -> random.nextInt(2);
    DoubleSupplier mostlyZero = () -> random.nextInt(10) < 8 ? 0 : random.nextDouble();
    DoubleSupplier rounded = () -> Math.rint(random.nextGaussian() * 3);

    for (DoubleSupplier source : new DoubleSupplier[] {coin, mostlyZero, rounded}) {
      double[] shares = NullLevels.of(source, 500, 2_000, 1_500, 0.05, 0.001);
      assertThat(shares[0]).isLessThanOrEqualTo(0.05);
      assertThat(shares[1]).isLessThanOrEqualTo(0.0015);
    }
  }

  @Test
  void chiSquareKeepsItsLevelsWithSparseBins() {
    int[] zipf = shares(IntStream.rangeClosed(1, 64).mapToDouble(i -> 1.0 / i).toArray());
    int[] rare = shares(.985, .006, .009);

    for (int[] categories : new int[][] {zipf, rare}) {
      int repetitions = 10_000;
      int low = 0;
      int veryLow = 0;
      for (int i = 0; i < repetitions; i++) {
        BinnedSamples samples = new BinnedSamples(draw(categories, 500), draw(categories, 2_000));
        double p = ChiSquare.of(samples.poolSparse(ChiSquare.LEAST_EXPECTED, samples.size())).p();
        low += p <= 0.05 ? 1 : 0;
        veryLow += p <= 0.001 ? 1 : 0;
      }
      assertThat((double) low / repetitions).isBetween(0.025, 0.055);
      assertThat((double) veryLow / repetitions).isLessThanOrEqualTo(0.0015);
    }
  }

  @Test
  void keepsTheLevelInEveryTestForCategoriesWithALongTail() {
    int[] tail =
        shares(IntStream.rangeClosed(1, 200).mapToDouble(i -> Math.pow(i, -1.3)).toArray());
    List<String> names = IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
    FeatureComparison test = new FeatureComparison(0.05, 0, 1);
    int repetitions = 1_500;
    int significant = 0;
    for (int i = 0; i < repetitions; i++) {
      Reference reference =
          Reference.of("w", IntStream.range(0, 2_000).mapToObj(j -> names.get(one(tail))).toList());
      Profile window = reference.newProfile();
      for (int j = 0; j < 500; j++) {
        window.add(names.get(one(tail)));
      }
      significant += test.of(reference, window).p() <= 0.05 ? 1 : 0;
    }
    // The standard error of the share is .006.
    assertThat((double) significant / repetitions).isLessThanOrEqualTo(0.055);
  }

  private long[] draw(int[] shares, int n) {
    long[] counts = new long[64];
    for (int i = 0; i < n; i++) {
      counts[one(shares)]++;
    }
    return counts;
  }

  private int one(int[] shares) {
    return shares[random.nextInt(shares.length)];
  }

  /** Categories repeated in proportion to their weights, for uniform draws. */
  private static int[] shares(double... weights) {
    double total = Arrays.stream(weights).sum();
    int[] shares = new int[1 << 13];
    double sum = 0;
    int filled = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] / total;
      int end = i == weights.length - 1 ? shares.length : (int) (sum * shares.length);
      Arrays.fill(shares, filled, end, i);
      filled = end;
    }
    return shares;
  }
}
