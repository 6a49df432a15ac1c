package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EValuesTest {
  /** From the closed form with 60 decimal digits. */
  @ParameterizedTest
  @CsvSource({
    "1, 0.5",
    "0.9999, 0.500016667916772232",
    "0.95, 0.508659641774691120",
    "0.9, 0.518032541215404980",
    "0.5, 0.638673940116644391",
    "0.05, 1.78332218148233788",
    "0.001, 20.7911335409880622",
    "1e-12, 1309803451.43204016"
  })
  void equalsTheClosedForm(double p, double e) {
    assertThat(EValues.ofPValue(p)).isCloseTo(e, Percentage.withPercentage(1e-12));
  }

  @Test
  void integratesToOne() {
    // On a logarithmic scale, from exp(-200) to 1; (1 - p) / -ln p of the mass is below: 1/200.
    int steps = 200_000;
    double width = 200.0 / steps;
    double integral =
        IntStream.range(0, steps)
            .mapToDouble(i -> Math.exp(-(i + 0.5) * width))
            .map(p -> EValues.ofPValue(p) * p * width)
            .sum();

    assertThat(integral + 1 / 200.0).isCloseTo(1, within(1e-6));
  }

  @Test
  void fallsWithThePValueAndStaysFinite() {
    double before = EValues.ofPValue(Double.MIN_VALUE);
    assertThat(before).isFinite();
    for (double p = 1e-300; p <= 1; p *= 1.01) {
      double e = EValues.ofPValue(p);
      assertThat(e).isLessThan(before).isGreaterThanOrEqualTo(0.5);
      before = e;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.0000001, Double.NaN})
  void rejectsWhatIsNoPValue(double p) {
    assertThatThrownBy(() -> EValues.ofPValue(p)).hasMessageContaining(String.valueOf(p));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 15, 5.16977122296397095",
    "2, 15, 1.28215220335624436",
    "15, 15, 0.505748949887830974",
    "1, 1000, 144.620062473782859"
  })
  void averagesTheEValuesOfARank(int rank, int n, double e) {
    assertThat(EValues.ofShare((rank - 1.0) / (n - 1), n - 1))
        .isCloseTo(e, Percentage.withPercentage(1e-10));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 15, 1000})
  void averagesToOneOverTheRanks(int n) {
    double sum =
        IntStream.range(0, n).mapToDouble(i -> EValues.ofShare(i / (n - 1.0), n - 1)).sum();

    assertThat(sum / n).isCloseTo(1, within(1e-12));
  }

  @Test
  void valuesThatDependOnEachOtherAreLessEvidence() {
    assertThat(EValues.ofShare(0, 30)).isGreaterThan(EValues.ofShare(0, 10));
    assertThat(EValues.ofShare(1, 10)).isGreaterThan(0.5);
  }

  @Test
  void rejectsWhatIsNoShare() {
    assertThatThrownBy(() -> EValues.ofShare(-0.1, 5)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> EValues.ofShare(0.5, 0)).hasMessageContaining("0.5 and 0");
  }
}
