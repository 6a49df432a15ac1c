package dev.millrace.schemas.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  private static final Layout LAYOUT = Layout.of(List.of(new Quantiles.Spec()));

  /** Every magnitude within the bounds of the sketch, both signs, and zero. */
  @Provide
  Arbitrary<List<Double>> numbers() {
    Arbitrary<Double> wild =
        Arbitraries.integers()
            .between(-40, 63)
            .flatMap(
                exponent -> Arbitraries.doubles().between(1, 2).map(m -> Math.scalb(m, exponent)));
    Arbitrary<Double> signed =
        wild.flatMap(number -> Arbitraries.of(number, -number, 0.0, 1.0, 100.0));
    return signed.list().ofMinSize(1).ofMaxSize(300);
  }

  private static double percentile(int percent, double... numbers) {
    Partial partial = new Partial(LAYOUT);
    for (double number : numbers) {
      partial.update(number, 0, 0);
    }
    Calculation calculation =
        new Calculation(Operation.P, String.valueOf(percent), Window.unbounded(), LAYOUT);
    return (Double) Objects.requireNonNull(calculation.value(partial, 0));
  }

  @Property
  void differsFromTheExactPercentileByTheStatedErrorAtMost(
      @ForAll("numbers") List<Double> numbers, @ForAll @IntRange(min = 1, max = 99) int percent) {
    double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double exact = sorted[(int) ((long) percent * (sorted.length - 1) / 100)];
    double[] given = numbers.stream().mapToDouble(Double::doubleValue).toArray();
    double bound = Quantiles.RELATIVE_ERROR * Math.abs(exact) * (1 + 1e-12);
    assertThat(percentile(percent, given)).isCloseTo(exact, within(bound));
    assertThat(Quantiles.RELATIVE_ERROR).isLessThan(0.008);
  }

  @Test
  void boundsTheMagnitudes() {
    assertThat(percentile(50, 0x1p-41)).isZero();
    assertThat(percentile(50, -1e-300)).isZero();
    assertThat(percentile(50, 1e100)).isCloseTo(0x1p64, within(0.008 * 0x1p64));
    assertThat(percentile(50, -1e100)).isCloseTo(-0x1p64, within(0.008 * 0x1p64));
  }

  /** All magnitudes: no more buckets than stated, and each in the order of its numbers. */
  @Test
  void hasABoundedNumberOfBuckets() {
    double[] all =
        Arrays.stream(new double[] {1, -1})
            .flatMap(
                sign ->
                    DoubleStream.iterate(0x1p-45, x -> x < 0x1p70, x -> x * 1.003)
                        .map(x -> sign * x))
            .toArray();
    Partial partial = new Partial(LAYOUT);
    for (double number : all) {
      partial.update(number, 0, 0);
    }
    assertThat(partial.heapBytes()).isLessThan(12 * Quantiles.MAX_BUCKETS * 3 / 2 + 200);
    double previous = Double.NEGATIVE_INFINITY;
    for (int percent = 1; percent <= 99; percent++) {
      double value = percentile(percent, all);
      assertThat(value).isGreaterThanOrEqualTo(previous);
      previous = value;
    }
  }
}
