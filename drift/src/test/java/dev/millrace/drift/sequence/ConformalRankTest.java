package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.sequence.ConformalRank.Side;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConformalRankTest {
  private static final int LONGEST = 1_000;

  private final SplittableRandom random = new SplittableRandom(20260101);

  @Test
  void countsValuesThatAreAtLeastAsExtremeAndTheNewOne() {
    List<Double> calm = List.of(1.0, 2.0, 2.0, 3.0);

    assertThat(new ConformalRank(Side.LARGE, 9, calm).pValue(2.5)).isEqualTo(2 / 5.0);
    assertThat(new ConformalRank(Side.LARGE, 9, calm).pValue(2)).isEqualTo(4 / 5.0);
    assertThat(new ConformalRank(Side.SMALL, 9, calm).pValue(2)).isEqualTo(4 / 5.0);
    assertThat(new ConformalRank(Side.SMALL, 9, calm).pValue(0)).isEqualTo(1 / 5.0);
    assertThat(new ConformalRank(Side.BOTH, 9, calm).pValue(0)).isEqualTo(2 / 5.0);
    assertThat(new ConformalRank(Side.BOTH, 9, calm).pValue(9)).isEqualTo(2 / 5.0);
    assertThat(new ConformalRank(Side.BOTH, 9, calm).pValue(2)).isEqualTo(1);
  }

  @Test
  void firstWindowIsNoEvidence() {
    ConformalRank none = ConformalRank.empty(Side.LARGE, 9);

    assertThat(none.pValue(5)).isEqualTo(1);
    assertThat(none.eValue(5)).isEqualTo(1);
  }

  @Test
  void keepsTheNewestValues() {
    ConformalRank rank = ConformalRank.empty(Side.LARGE, 3);
    for (double value : new double[] {9, 1, 2, 3}) {
      rank = rank.plus(value);
    }

    assertThat(rank.calm()).containsExactly(1.0, 2.0, 3.0);
    assertThat(rank.pValue(8)).isEqualTo(1 / 4.0);
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void eValuesOfTheNewestAreOneOnAverage(Side side) {
    // Each of the values is the newest once: all orders are equally likely.
    double[] values = {3, 1, 4, 1.5, 9, 2, 6};

    assertThat(meanOverTheNewest(side, values)).isCloseTo(1, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void tiesOnlyLowerTheEValues(Side side) {
    assertThat(meanOverTheNewest(side, 1, 1, 1, 2, 2, 3)).isLessThan(1);
    assertThat(meanOverTheNewest(side, 1, 1, 1)).isLessThan(1);
  }

  @ParameterizedTest
  @CsvSource({
    "LARGE, 1000, 0",
    "LARGE, 1000, 14",
    "BOTH, 1000, 0",
    "LARGE, 100, 14",
    "LARGE, 50, 50"
  })
  void meanTimeBetweenFalseAlarmsIsAtLeastTheThreshold(Side side, int capacity, int known) {
    double mean = meanWindowsToAlarm(side, capacity, known, random::nextGaussian);

    assertThat(mean).isGreaterThan(100);
  }

  @Test
  void meanTimeBetweenFalseAlarmsHoldsWithTies() {
    assertThat(meanWindowsToAlarm(Side.LARGE, 500, 14, () -> random.nextInt(3))).isGreaterThan(100);
    ConformalRank none = ConformalRank.empty(Side.BOTH, 500);
    assertThat(windowsToAlarm(none, 3, () -> 7, 1_000)).isEqualTo(1_000);
  }

  @Test
  void findsASmallLastingShiftThatNoSingleWindowShows() {
    // Shift of one standard deviation after 60 calm windows: p < .0005 in 1 % of windows.
    int found = 0;
    for (int i = 0; i < 50; i++) {
      ConformalRank rank = filled(Side.LARGE, 1000, 60, random::nextGaussian);
      found += windowsToAlarm(rank, 100, () -> 1 + random.nextGaussian(), 40) < 40 ? 1 : 0;
    }

    assertThat(found).isGreaterThanOrEqualTo(45);
  }

  @Test
  void rejectsWhatItCannotRank() {
    ConformalRank rank = ConformalRank.empty(Side.LARGE, 3);

    assertThatThrownBy(() -> rank.plus(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> rank.pValue(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new ConformalRank(Side.BOTH, 1, List.of(1.0, 2.0)))
        .hasMessageContaining("1 and 2");
  }

  private static double meanOverTheNewest(Side side, double... values) {
    return IntStream.range(0, values.length)
        .mapToDouble(
            newest -> {
              ConformalRank rank = ConformalRank.empty(side, values.length);
              for (int i = 0; i < values.length; i++) {
                rank = i == newest ? rank : rank.plus(values[i]);
              }
              return rank.eValue(values[newest]);
            })
        .average()
        .orElseThrow();
  }

  private double meanWindowsToAlarm(Side side, int capacity, int known, DoubleSupplier values) {
    return IntStream.range(0, 200)
        .map(i -> windowsToAlarm(filled(side, capacity, known, values), 100, values, LONGEST))
        .average()
        .orElseThrow();
  }

  private static ConformalRank filled(Side side, int capacity, int known, DoubleSupplier values) {
    ConformalRank rank = ConformalRank.empty(side, capacity);
    for (int i = 0; i < known; i++) {
      rank = rank.plus(values.getAsDouble());
    }
    return rank;
  }

  private static int windowsToAlarm(
      ConformalRank start, double threshold, DoubleSupplier values, int longest) {
    ConformalRank rank = start;
    ShiryaevRoberts detector = ShiryaevRoberts.START;
    for (int window = 1; window < longest; window++) {
      double value = values.getAsDouble();
      detector = detector.next(rank.eValue(value));
      if (detector.alarms(threshold)) {
        return window;
      }
      rank = rank.plus(value);
    }
    return longest;
  }
}
