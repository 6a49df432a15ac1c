package dev.millrace.drift.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantileSketchTest {
  private static QuantileSketch sketch(double... values) {
    QuantileSketch sketch = new QuantileSketch();
    Arrays.stream(values).forEach(sketch::add);
    return sketch;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_025, QuantileSketch.CAPACITY - 1})
  void keepsValuesUpToTheCapacity(int n) {
    double[] values = new SplittableRandom(n).doubles(n).toArray();

    QuantileSketch sketch = sketch(values);

    assertThat(sketch.values())
        .extracting(BinCutter.Weighted::value)
        .containsExactly(boxed(values));
    assertThat(sketch.values()).extracting(BinCutter.Weighted::weight).containsOnly(1L);
  }

  private static Double[] boxed(double[] values) {
    return Arrays.stream(values).boxed().toArray(Double[]::new);
  }

  /** Against the ranks of all values sorted. */
  @ParameterizedTest
  @ValueSource(ints = {QuantileSketch.CAPACITY, 200_000, 3_000_000})
  void ranksAreWithinTheBound(int n) {
    SplittableRandom random = new SplittableRandom(n);
    List<IntToDoubleFunction> streams =
        List.of(
            i -> random.nextDouble(),
            i -> i,
            i -> -i,
            i -> i % 2 == 0 ? i : -i,
            i -> Math.floor(1 / (1e-4 + random.nextDouble())));
    for (IntToDoubleFunction stream : streams) {
      double[] values = new double[n];
      Arrays.setAll(values, stream);
      QuantileSketch sketch = sketch(values);
      Arrays.sort(values);

      List<BinCutter.Weighted> left = sketch.values();
      double bound = (Math.log((double) n / QuantileSketch.CAPACITY) / Math.log(2) + 1) * n;
      assertThat(worst(left, values)).isLessThanOrEqualTo(bound / QuantileSketch.CAPACITY);
      assertThat(left.stream().mapToLong(BinCutter.Weighted::weight).sum()).isEqualTo(n);
      assertThat(left).hasSizeLessThan(QuantileSketch.CAPACITY * 4);
      assertThat(sketch.min()).isEqualTo(values[0]);
      assertThat(sketch.max()).isEqualTo(values[n - 1]);
    }
  }

  /** The largest error of a rank, in values. */
  private static double worst(List<BinCutter.Weighted> left, double[] sorted) {
    List<BinCutter.Weighted> ascending =
        left.stream().sorted((a, b) -> Double.compare(a.value(), b.value())).toList();
    double worst = 0;
    long before = 0;
    for (int i = 0; i < ascending.size(); i++) {
      double value = ascending.get(i).value();
      if (i == 0 || value > ascending.get(i - 1).value()) {
        int place = Arrays.binarySearch(sorted, Math.nextDown(value));
        int insertion = place < 0 ? -place - 1 : place + 1;
        while (insertion < sorted.length && sorted[insertion] < value) {
          insertion++;
        }
        worst = Math.max(worst, (double) Math.abs(before - insertion));
      }
      before += ascending.get(i).weight();
    }
    return worst;
  }

  @Test
  void sameValuesInTheSameOrderGiveTheSameSketch() {
    double[] values = new SplittableRandom(9).doubles(1_000_000).toArray();

    assertThat(sketch(values).values()).isEqualTo(sketch(values).values());
  }
}
