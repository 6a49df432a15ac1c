package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;

class BinnedSamplesTest {
  @Provide
  Arbitrary<BinnedSamples> samples() {
    return Arbitraries.integers()
        .between(1, 30)
        .flatMap(size -> Combinators.combine(counts(size), counts(size)).as(BinnedSamples::new))
        .filter(samples -> samples.windowTotal() > 0 && samples.referenceTotal() > 0);
  }

  private static Arbitrary<long[]> counts(int size) {
    Arbitrary<Long> small = Arbitraries.longs().between(0, 12);
    Arbitrary<Long> large = Arbitraries.longs().between(0, 5_000);
    return Arbitraries.oneOf(small, large)
        .list()
        .ofSize(size)
        .map(list -> list.stream().mapToLong(Long::longValue).toArray());
  }

  @Property
  void poolingKeepsAllCountsAndLeavesNoSparseBin(
      @ForAll("samples") BinnedSamples samples, @ForAll @IntRange(min = 1, max = 40) int rest) {
    BinnedSamples pooled = samples.poolSparse(5, rest);

    assertThat(pooled.windowTotal()).isEqualTo(samples.windowTotal());
    assertThat(pooled.referenceTotal()).isEqualTo(samples.referenceTotal());
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    for (int i = 0; pooled.size() > 1 && i < pooled.size(); i++) {
      double expected = (pooled.window(i) + pooled.reference(i)) * Math.min(n, m) / (n + m);
      assertThat(expected).isGreaterThanOrEqualTo(5 - 1e-9);
    }
  }

  @Property
  void mergingNeighboursKeepsAllCountsAndLeavesNoBinWithoutReference(
      @ForAll("samples") BinnedSamples samples, @ForAll @IntRange(min = 1, max = 40) int groups) {
    BinnedSamples merged = samples.mergeNeighbours(groups);

    assertThat(merged.windowTotal()).isEqualTo(samples.windowTotal());
    assertThat(merged.referenceTotal()).isEqualTo(samples.referenceTotal());
    assertThat(merged.size()).isLessThanOrEqualTo(groups + 1);
    for (int i = 0; merged.size() > 1 && i < merged.size(); i++) {
      assertThat(merged.reference(i)).isPositive();
    }
  }

  @Property
  void chiSquareEqualsCommonsMathOrIsMoreConservative(@ForAll("samples") BinnedSamples samples) {
    BinnedSamples pooled = samples.poolSparse(ChiSquare.LEAST_EXPECTED, samples.size());
    ChiSquare ours = ChiSquare.of(pooled);
    if (ours.degrees() == 0) {
      assertThat(ours.p()).isEqualTo(1);
      return;
    }
    long[] window = new long[pooled.size()];
    long[] reference = new long[pooled.size()];
    for (int i = 0; i < window.length; i++) {
      window[i] = pooled.window(i);
      reference[i] = pooled.reference(i);
    }
    ChiSquareTest oracle = new ChiSquareTest();

    double statistic = oracle.chiSquareDataSetsComparison(window, reference);
    assertThat(ours.statistic()).isCloseTo(statistic, within(1e-9 * (1 + statistic)));
    double p = oracle.chiSquareTestDataSetsComparison(window, reference);
    assertThat(ours.p()).isGreaterThanOrEqualTo(p * (1 - 1e-6) - 1e-14);
  }

  @Test
  void doesNotCompareASingleBin() {
    ChiSquare chi =
        ChiSquare.of(
            new BinnedSamples(new long[] {900, 1}, new long[] {90_000, 3}).poolSparse(5, 2));

    assertThat(chi.degrees()).isZero();
    assertThat(chi.p()).isEqualTo(1);
  }
}
