package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares with sums of binomial coefficients in whole numbers. */
class FisherExactTest {
  private static final double SMALLEST = 1e-290;

  @Property(tries = 300)
  void tailEqualsExactArithmeticForAnyCount(
      @ForAll @IntRange(min = 1, max = 3_000) int n,
      @ForAll @IntRange(min = 1, max = 3_000) int m,
      @ForAll @IntRange(min = 0, max = 3_000) int any,
      @ForAll @IntRange(min = 0, max = 3_000) int other) {
    int x = any % (n + 1);
    int y = other % (m + 1);
    double exact = exact(x, n, y, m);

    double tail = FisherExact.upperTail(x, n, y, m);

    if (exact > SMALLEST) {
      assertThat(tail / exact).isCloseTo(1, within(1e-9));
    } else {
      assertThat(tail).isLessThanOrEqualTo(10 * SMALLEST);
    }
  }

  /** The first term of the sum is too small for a double, but the sum is not. */
  @ParameterizedTest
  @CsvSource({
    "1, 100000, 20000, 100000, 1",
    "0, 100000, 90000, 100000, 1",
    "3, 1000000, 999999, 1000000, 1",
    "9000, 100000, 20000, 100000, 1",
    "1, 1000000000, 400000000, 1000000000, 1",
    "200000000, 1000000000, 200000000, 1000000000, 0.5"
  })
  void aCountFarBelowItsExpectationIsComputedPrecisely(
      long x, long n, long y, long m, double expected) {
    assertThat(FisherExact.upperTail(x, n, y, m)).isCloseTo(expected, within(1e-4));
  }

  @Test
  void bothTailsIncludeTheObservedCount() {
    for (long x = 0; x <= 60; x++) {
      long y = 60 - x;
      double upper = FisherExact.upperTail(x, 70, y, 90);
      double lower = FisherExact.upperTail(y, 90, x, 70);
      double itself = upper - FisherExact.upperTail(x + 1, 70, y - 1, 90);
      assertThat(upper + lower).isCloseTo(1 + (y == 0 ? upper : itself), within(1e-12));
    }
  }

  @Test
  void keepsPrecisionInTheFarTail() {
    assertThat(FisherExact.upperTail(400, 2_000, 20, 2_000))
        .isCloseTo(exact(400, 2_000, 20, 2_000), withinPercentage(1e-7));
  }

  private static double exact(int x, int n, int y, int m) {
    int marked = x + y;
    BigInteger term = choose(n, x).multiply(choose(m, y));
    BigInteger sum = BigInteger.ZERO;
    for (int k = x; k <= Math.min(n, marked); k++) {
      sum = sum.add(term);
      term =
          term.multiply(BigInteger.valueOf((long) (n - k) * (marked - k)))
              .divide(BigInteger.valueOf((long) (k + 1) * (m - marked + k + 1)));
    }
    return new BigDecimal(sum)
        .divide(new BigDecimal(choose(n + m, marked)), MathContext.DECIMAL64)
        .doubleValue();
  }

  private static BigInteger choose(int n, int k) {
    BigInteger choices = BigInteger.ONE;
    for (int i = 1; i <= Math.min(k, n - k); i++) {
      choices = choices.multiply(BigInteger.valueOf(n - i + 1)).divide(BigInteger.valueOf(i));
    }
    return choices;
  }
}
