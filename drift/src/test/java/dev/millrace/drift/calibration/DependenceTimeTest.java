package dev.millrace.drift.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DependenceTimeTest {
  private final SplittableRandom random = new SplittableRandom(4);

  private List<Double> autoregressive(int n, double r) {
    List<Double> values = new ArrayList<>();
    double value = random.nextGaussian();
    for (int i = 0; i < n; i++) {
      values.add(value);
      value = r * value + Math.sqrt(1 - r * r) * random.nextGaussian();
    }
    return values;
  }

  private double mean(int n, double r) {
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      sum += DependenceTime.of(autoregressive(n, r)) / 200;
    }
    return sum;
  }

  @Test
  void isThatOfAnAutoregressiveSequence() {
    assertThat(mean(1_000, 0)).isBetween(1.0, 1.3);
    assertThat(mean(1_000, 0.5)).isCloseTo(3, within(0.5));
    assertThat(mean(1_000, 0.8)).isCloseTo(9, within(1.5));
    assertThat(mean(30, 0)).isBetween(1.0, 1.2);
  }

  @Test
  void squaresDependLessOnEachOther() {
    assertThat(DependenceTime.ofSquares(1)).isEqualTo(1);
    assertThat(DependenceTime.ofSquares(9)).isCloseTo(1.64 / 0.36, within(1e-9));
  }

  /** 30 windows show a correlation of 0.8, and 93 % of independent ones none. */
  @Test
  void isAboveOneWhereWindowsAreAlike() {
    int alike = 0;
    int independent = 0;
    for (int i = 0; i < 200; i++) {
      alike += DependenceTime.upperBound(autoregressive(30, 0.8)) > 3 ? 1 : 0;
      independent += DependenceTime.upperBound(autoregressive(20, 0)) > 1 ? 1 : 0;
    }
    assertThat(alike).isGreaterThan(180);
    assertThat(independent).isLessThan(20);
  }

  @Test
  void fewWindowsOfAWeekendAreAsMuchAsOne() {
    List<Double> hours = new ArrayList<>();
    for (int hour = 0; hour < 336; hour++) {
      hours.add((hour % 168 >= 120 ? 2 : 0) + random.nextGaussian());
    }

    assertThat(DependenceTime.of(hours)).isGreaterThan(20);
  }

  @Test
  void valuesWithoutAnOrderShowNothing() {
    assertThat(DependenceTime.of(List.of())).isEqualTo(1);
    assertThat(DependenceTime.of(List.of(1.0, 1.0, 1.0, 1.0, 1.0))).isLessThan(2);
  }

  @Test
  void windowsOfADependentSequenceAreFurtherFromItsPastThanThatFromItself() {
    double before = 0;
    double next = 0;
    for (int i = 0; i < 2_000; i++) {
      List<Double> values = autoregressive(60, 0.8);
      double mean = values.subList(0, 30).stream().mapToDouble(v -> v).sum() / 30;
      for (int k = 0; k < 30; k++) {
        double others = (30 * mean - values.get(k)) / 29;
        before += (values.get(k) - others) * (values.get(k) - others) * 29 / 30;
        next += (values.get(30 + k) - mean) * (values.get(30 + k) - mean) * 30 / 31;
      }
    }

    // Squares have the correlation 0.64 and so the dependence time 1.64 / 0.36.
    assertThat(DependenceTime.inflation(30, 1.64 / 0.36)).isCloseTo(next / before, within(0.3));
    assertThat(DependenceTime.inflation(30, 1)).isCloseTo(1, within(1e-9));
  }
}
