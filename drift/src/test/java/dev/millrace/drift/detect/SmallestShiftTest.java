package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** About half of the windows with the printed shift are found; fixed seeds. */
class SmallestShiftTest {
  private static final double LEVEL = 1e-3;
  private static final int REFERENCES = 30;
  private static final int WINDOWS = 10;

  private final SplittableRandom random = new SplittableRandom(6);

  private double[] window(int rows, double between, double shift) {
    double mean = shift + between * random.nextGaussian();
    return IntStream.range(0, rows).mapToDouble(i -> random.nextGaussian() + mean).toArray();
  }

  private record Calm(Reference reference, List<Block> blocks) {
    SmallestShift shift(double minEffect) {
      return SmallestShift.of(SeasonalReference.constant(reference), blocks, 30, minEffect);
    }
  }

  private Calm calm(int blocks, int rows, double between) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      values.add(window(rows, between, 0));
    }
    Reference reference =
        Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
    return new Calm(
        reference,
        DailyBlocks.of(values.stream().map(v -> FeatureStream.profile(reference, v)).toList()));
  }

  /** The shares of windows found with the smallest shift times each factor. */
  private double[] found(int blocks, int rows, double between, double... factors) {
    double[] found = new double[factors.length];
    for (int i = 0; i < REFERENCES; i++) {
      Calm calm = calm(blocks, rows, between);
      double shift = calm.shift(0).deviations(LEVEL);
      Baseline baseline = BlockBaseline.of(calm.reference(), calm.blocks(), 30);
      for (int f = 0; f < factors.length; f++) {
        for (int w = 0; w < WINDOWS; w++) {
          double p = p(calm.reference(), baseline, window(rows, between, factors[f] * shift));
          found[f] += p <= LEVEL ? 1.0 / REFERENCES / WINDOWS : 0;
        }
      }
    }
    return found;
  }

  private static double p(Reference reference, Baseline baseline, double[] window) {
    return new FeatureComparison(0, 0, 30)
        .of(reference, FeatureStream.profile(reference, window), baseline).tests().stream()
            .filter(each -> each.test() == StatisticalTest.KOLMOGOROV_SMIRNOV)
            .findFirst()
            .orElseThrow()
            .p();
  }

  @ParameterizedTest
  @CsvSource({"14, 100, 0", "14, 200, 0.2", "12, 40, 0"})
  void aboutHalfOfTheWindowsWithTheShiftAreFound(int blocks, int rows, double between) {
    double[] found = found(blocks, rows, between, 0.5, 1, 1.7);

    assertThat(found[0]).isLessThan(0.1);
    assertThat(found[1]).isBetween(0.34, 0.56);
    assertThat(found[2]).isGreaterThan(0.9);
  }

  @Test
  void longerWindowsMoreBlocksAndAHigherLevelFindSmallerShifts() {
    SmallestShift shift = calm(12, 100, 0.2).shift(0);
    double one = shift.deviations(LEVEL);

    // Half the deviation of chance and of what rows of a window have in common.
    assertThat(shift.ofLongerWindows(4).deviations(LEVEL)).isCloseTo(one / 2, within(0.1 * one));
    assertThat(calm(12, 400, 0.1).shift(0).deviations(LEVEL)).isCloseTo(one / 2, within(0.2 * one));
    assertThat(shift.ofMoreBlocks(2).blocks()).isEqualTo(24);
    assertThat(shift.ofMoreBlocks(2).deviations(LEVEL)).isBetween(0.5 * one, 0.95 * one);
    assertThat(shift.deviations(10 * LEVEL)).isBetween(0.5 * one, 0.95 * one);
    assertThat(shift.dispersion()).isGreaterThan(2);
    assertThat(shift.tests()).isEqualTo(2);
  }

  @Test
  void aShiftBelowTheLeastEffectIsNotReported() {
    Calm calm = calm(12, 1_000, 0);

    assertThat(calm.shift(0.02).deviations(0.01)).isEqualTo(calm.shift(0).deviations(0.01));
    assertThat(calm.shift(0.2).deviations(0.01)).isCloseTo(0.47, within(0.005));
  }

  @Test
  void fewBlocksAreNoCalibration() {
    assertThat(calm(9, 100, 0).shift(0).calibrated()).isFalse();
    assertThat(calm(10, 100, 0).shift(0).calibrated()).isTrue();
  }
}
