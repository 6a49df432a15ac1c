package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without any change a window is significant as often as its level says; fixed seeds. */
class NullLevelsTest {
  private final SplittableRandom random = new SplittableRandom(20260101);

  @ParameterizedTest
  @CsvSource({"100, 1000, 3000", "1000, 1000, 3000", "1000, 10000, 1000", "20000, 1000, 600"})
  void kolmogorovSmirnovKeepsItsLevelWithCellsCutFromTheReference(int n, int m, int repetitions) {
    double[] shares = NullLevels.of(random::nextDouble, n, m, repetitions, 0.05);

    // The standard error of the share is .004 for 3000 repetitions, .009 for 600.
    assertThat(shares[0]).isBetween(0.03, 0.055);
  }

  @ParameterizedTest
  @CsvSource({"100, 1000, 40000", "1000, 1000, 40000", "1000, 10000, 20000"})
  void kolmogorovSmirnovKeepsItsFarTail(int n, int m, int repetitions) {
    double[] shares = NullLevels.ofEqualCells(random, n, m, repetitions, 0.05, 0.001);

    assertThat(shares[0]).isBetween(0.03, 0.055);
    assertThat(shares[1]).isLessThanOrEqualTo(0.0015);
  }

  @Test
  void underTiesTheLevelIsNeverExceeded() {
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
  void chiSquareKeepsItsLevelsWithSparseCells() {
    double[] zipf = cumulative(IntStream.rangeClosed(1, 64).mapToDouble(i -> 1.0 / i).toArray());
    double[] rare = cumulative(.985, .006, .009);

    for (double[] shares : new double[][] {zipf, rare}) {
      int repetitions = 20_000;
      int low = 0;
      int veryLow = 0;
      for (int i = 0; i < repetitions; i++) {
        double p =
            ChiSquare.of(new Cells(draw(shares, 500), draw(shares, 2_000)).poolSparse(5, 64)).p();
        low += p <= 0.05 ? 1 : 0;
        veryLow += p <= 0.001 ? 1 : 0;
      }
      assertThat((double) low / repetitions).isBetween(0.025, 0.055);
      assertThat((double) veryLow / repetitions).isLessThanOrEqualTo(0.0015);
    }
  }

  @Test
  void categoriesWithALongTailKeepTheirLevelThroughEveryTest() {
    double[] shares =
        cumulative(IntStream.rangeClosed(1, 200).mapToDouble(i -> Math.pow(i, -1.3)).toArray());
    WindowTest test = new WindowTest(0.05, 0, 1);
    int repetitions = 1_500;
    int significant = 0;
    for (int i = 0; i < repetitions; i++) {
      Reference reference =
          Reference.of("w", IntStream.range(0, 2_000).mapToObj(j -> "c" + cell(shares)).toList());
      Profile window = reference.newProfile();
      for (int j = 0; j < 500; j++) {
        window.add("c" + cell(shares));
      }
      significant += test.test(reference, window).p() <= 0.05 ? 1 : 0;
    }
    assertThat((double) significant / repetitions).isLessThanOrEqualTo(0.055);
  }

  private long[] draw(double[] cumulative, int n) {
    long[] counts = new long[cumulative.length];
    for (int i = 0; i < n; i++) {
      counts[cell(cumulative)]++;
    }
    return counts;
  }

  private int cell(double[] cumulative) {
    int at = Arrays.binarySearch(cumulative, random.nextDouble());
    return at < 0 ? -at - 1 : at;
  }

  private static double[] cumulative(double... weights) {
    double total = Arrays.stream(weights).sum();
    double[] sums = new double[weights.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] / total;
      sums[i] = sum;
    }
    sums[weights.length - 1] = 1;
    return sums;
  }
}
