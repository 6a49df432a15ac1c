package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calm windows that differ by a shift of their own keep the levels; fixed seeds. */
class CalmLevelsTest {
  /** With the estimate of the dispersion plugged in, the shares at .01 are .016 to .031. */
  @ParameterizedTest
  @CsvSource({
    "NUMBERS, 0.05, 14, 150, 0.065, 0.013",
    "NUMBERS, 0.08, 14, 150, 0.065, 0.013",
    "NULLS, 0.5, 14, 400, 0.08, 0.025",
    "NULLS, 0.5, 30, 200, 0.08, 0.025",
    "TWO_CATEGORIES, 0.03, 14, 400, 0.065, 0.016",
    "FIVE_CATEGORIES, 0.06, 14, 400, 0.065, 0.016"
  })
  void calmWindowsKeepTheLevels(
      CalmLevels.Kind kind,
      double deviation,
      int blocks,
      int references,
      double atFive,
      double atOne) {
    double[] shares = new CalmLevels(5).of(kind, deviation, blocks, references, 0.05, 0.01, 0.001);

    assertThat(shares[0]).isLessThanOrEqualTo(atFive);
    assertThat(shares[1]).isLessThanOrEqualTo(atOne);
    assertThat(shares[2]).isLessThanOrEqualTo(0.004);
  }
}
