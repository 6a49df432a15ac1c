package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShiryaevRobertsTest {
  private final SplittableRandom random = new SplittableRandom(20260101);

  @Test
  void isTheSumOverAllChangePoints() {
    double[] e = random.doubles(200).map(u -> EValues.ofPValue(1 - u)).toArray();
    ShiryaevRoberts detector = ShiryaevRoberts.START;
    for (double one : e) {
      detector = detector.next(one);
    }
    double sum =
        IntStream.range(0, e.length)
            .mapToDouble(
                k -> IntStream.range(k, e.length).mapToDouble(i -> e[i]).reduce(1, (a, b) -> a * b))
            .sum();

    assertThat(detector.statistic()).isCloseTo(sum, Percentage.withPercentage(1e-10));
  }

  @Test
  void meanTimeBetweenFalseAlarmsIsAtLeastTheThreshold() {
    // 5.6 times as long: the alarm mostly comes from one large e-value, far above the threshold.
    assertThat(meanWindowsToAlarm(1, 200, 2_000)).isBetween(800.0, 1_400.0);
  }

  @Test
  void detectorsOfFeaturesThatShareABudgetKeepItTogether() {
    assertThat(meanWindowsToAlarm(10, 200, 300)).isBetween(800.0, 1_800.0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.2})
  void findsASmallLastingChange(double meanP) {
    // p = u^(1 / m - 1) has the mean m: .05 and .2 where nothing has changed gives .5.
    int windows = 0;
    ShiryaevRoberts detector = ShiryaevRoberts.START;
    while (!detector.alarms(10_000)) {
      detector = detector.next(EValues.ofPValue(Math.pow(1 - random.nextDouble(), 1 / meanP - 1)));
      windows++;
    }

    assertThat(windows).isLessThanOrEqualTo(meanP < 0.1 ? 5 : 25);
  }

  @Test
  void remainsFinite() {
    ShiryaevRoberts detector = ShiryaevRoberts.START;
    for (int i = 0; i < 5; i++) {
      detector = detector.next(EValues.ofPValue(1e-200));
    }

    assertThat(detector.statistic()).isEqualTo(Double.MAX_VALUE);
    assertThat(detector.alarms(1e9)).isTrue();
    assertThat(detector.next(0.5).statistic()).isEqualTo(Double.MAX_VALUE / 2);
  }

  @Test
  void rejectsWhatIsNoEValue() {
    assertThatThrownBy(() -> ShiryaevRoberts.START.next(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> ShiryaevRoberts.START.next(-1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new ShiryaevRoberts(-1)).hasMessageContaining("-1.0");
  }

  private double meanWindowsToAlarm(int features, double threshold, int repetitions) {
    return IntStream.range(0, repetitions)
        .map(i -> windowsToAlarm(features, threshold * features))
        .average()
        .orElseThrow();
  }

  private int windowsToAlarm(int features, double threshold) {
    ShiryaevRoberts[] detectors = new ShiryaevRoberts[features];
    Arrays.fill(detectors, ShiryaevRoberts.START);
    for (int window = 1; ; window++) {
      boolean alarm = false;
      for (int f = 0; f < features; f++) {
        detectors[f] = detectors[f].next(EValues.ofPValue(1 - random.nextDouble()));
        alarm |= detectors[f].alarms(threshold);
      }
      if (alarm) {
        return window;
      }
    }
  }
}
