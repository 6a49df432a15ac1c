package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecialFunctionsTest {
  @Property
  void incompleteGammaEqualsCommonsMath(
      @ForAll @DoubleRange(min = 0.5, max = 300) double a,
      @ForAll @DoubleRange(min = 0, max = 600) double x) {
    double expected =
        org.apache.commons.math3.special.Gamma.regularizedGammaQ(a, x, 1e-14, 100_000);

    assertThat(RegularizedGamma.Q.value(a, x)).isCloseTo(expected, within(1e-11));
    if (expected > 1e-280) {
      assertThat(RegularizedGamma.Q.value(a, x) / expected).isCloseTo(1, within(1e-8));
    }
  }

  /** Compares with mpmath: p-values far below any level, and many degrees of freedom. */
  @ParameterizedTest
  @CsvSource({
    "0.5, 600, 6.09956881480855e-263",
    "127.5, 1000, 6.8795902011415e-268",
    "5000000, 5000000, 0.4999405291961",
    "500000, 510000, 3.88391183119e-45"
  })
  void farTailsAndManyDegreesKeepTheirPrecision(double a, double x, double expected) {
    assertThat(RegularizedGamma.Q.value(a, x)).isCloseTo(expected, withinPercentage(1e-7));
  }

  @Property
  void logGammaEqualsCommonsMath(@ForAll @DoubleRange(min = 0.01, max = 1e9) double x) {
    double expected = org.apache.commons.math3.special.Gamma.logGamma(x);

    assertThat(LogGamma.value(x)).isCloseTo(expected, within(1e-13 * Math.max(10, expected)));
  }

  @Property
  void kolmogorovsDistributionEqualsCommonsMath(
      @ForAll @DoubleRange(min = 0.05, max = 5) double lambda) {
    double expected = 1 - new KolmogorovSmirnovTest().ksSum(lambda, 1e-18, 100_000);

    assertThat(Kolmogorov.upper(lambda)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void kolmogorovsFarTailKeepsItsPrecision() {
    assertThat(Kolmogorov.upper(5)).isCloseTo(2 * Math.exp(-50), withinPercentage(1e-9));
    assertThat(Kolmogorov.upper(0)).isEqualTo(1);
  }

  /** P(D >= d), exact, by path counting with SciPy 1.17's {@code ks_2samp(method="exact")}. */
  @ParameterizedTest
  @CsvSource({
    "100, 1000, 0.142, 0.047047",
    "100, 1000, 0.204, 0.00088349",
    "1000, 1000, 0.061, 0.048397",
    "1000, 10000, 0.0449, 0.049916",
    "1000, 100000, 0.0787, 8.8322e-06"
  })
  void correctedPValueIsCloseToTheExactOne(int n, int m, double d, double exact) {
    assertThat(Kolmogorov.pValue(d, n, m)).isCloseTo(exact, withinPercentage(6));
  }

  /** Expected by path counting too; for few rows the approximation must not exceed the level. */
  @ParameterizedTest
  @CsvSource({
    "30, 1000, 0.24533, 0.0499",
    "30, 1000, 0.35233, 9.79e-04",
    "30, 5000, 0.39733, 9.31e-05",
    "30, 5000, 0.48093, 7.27e-07",
    "50, 5000, 0.27200, 1.00e-03",
    "50, 5000, 0.37560, 8.91e-07"
  })
  void pValueOfFewRowsIsNotTooSmall(int n, int m, double d, double exact) {
    assertThat(Kolmogorov.pValue(d, n, m)).isGreaterThan(0.985 * exact);
  }

  @Property
  void hypergeometricTailEqualsCommonsMath(
      @ForAll @IntRange(min = 1, max = 400) int n,
      @ForAll @IntRange(min = 1, max = 400) int m,
      @ForAll @IntRange(min = 0, max = 400) int any,
      @ForAll @IntRange(min = 0, max = 400) int other) {
    int x = any % (n + 1);
    int y = other % (m + 1);
    double expected = new HypergeometricDistribution(n + m, x + y, n).upperCumulativeProbability(x);

    double tail = FisherExact.upperTail(x, n, y, m);

    assertThat(tail).isCloseTo(expected, within(1e-10));
    assertThat(FisherExact.twoSided(x, n, y, m)).isEqualTo(FisherExact.twoSided(y, m, x, n));
  }

  @Test
  void oneDifferentValueAmongManyIsNotSignificant() {
    assertThat(FisherExact.twoSided(1, 1_000, 0, 100_000)).isCloseTo(0.0198, within(1e-4));
    assertThat(FisherExact.twoSided(0, 1_000, 0, 100_000)).isEqualTo(1);
    assertThat(FisherExact.twoSided(500, 1_000, 0, 1_000_000_000)).isLessThan(1e-300);
  }
}
