package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.quality.FairnessMonitor.Memory;
import dev.millrace.drift.quality.FairnessMonitor.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairnessMonitorTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();

  /** The share of fairness in one alarm in 30 windows. */
  private static final double ALPHA = 0.03 / 30;

  private static final FairnessMonitor DAILY =
      new FairnessMonitor(ALPHA, 0.8, 30, new CalmSpan(DAY, 7 * DAY));

  /**
   * Slices whose rates have the same mean, and differ from day to day with this log standard
   * deviation: in 40 streams of 60 days at the level of 0.001 a day, 2.4 alarms are due.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.15, 0.3, 0.5})
  void daysInWhichRatesOfSlicesDifferAreNoDisparity(double spread) {
    int alarms = 0;
    int tested = 0;
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Memory memory = Memory.NONE;
      for (int day = 0; day < 60; day++) {
        Step step = next(DAILY, memory, day * DAY, random, spread, 1);
        alarms += step.disparities().isEmpty() ? 0 : 1;
        tested += step.tested() > 0 ? 1 : 0;
        memory = step.memory();
      }
    }
    assertThat(tested).isEqualTo(40 * 51);
    assertThat(alarms).isLessThanOrEqualTo(3);
  }

  @Test
  void aLastingDisparityIsFoundAndEnds() {
    Random random = new Random(1);
    Memory memory = Memory.NONE;
    int first = -1;
    int last = -1;
    for (int day = 0; day < 150; day++) {
      Step step = next(DAILY, memory, day * DAY, random, 0.15, day >= 30 && day < 90 ? 0.5 : 1);
      memory = step.memory();
      if (!step.disparities().isEmpty()) {
        first = first < 0 ? day : first;
        last = day;
        assertThat(step.disparities().get(0).slice()).isEqualTo("region=a");
      }
    }
    assertThat(first).isBetween(35, 65);
    assertThat(last).isBetween(89, 119);
  }

  /** A slice has half the rate of the others at night, and twice by day. */
  @Test
  void hoursOfADayAreOneUnit() {
    FairnessMonitor hourly = new FairnessMonitor(ALPHA / 24, 0.8, 30, new CalmSpan(HOUR, 7 * DAY));
    Random random = new Random(2);
    Memory memory = Memory.NONE;
    for (int hour = 8; hour < 8 + 24 * 20; hour++) {
      boolean night = hour % 24 < 8 || hour % 24 >= 20;
      Step step = next(hourly, memory, hour * HOUR, random, 0, night ? 0.6 : 1.4);
      memory = step.memory();
      assertThat(step.disparities()).isEmpty();
      assertThat(step.tested() > 0).isEqualTo(hour / 24 >= 10);
    }
    assertThat(memory.histories()).allMatch(each -> each.units().size() == 21);
  }

  @Test
  void aSliceThatIsNeverPositiveIsADisparity() {
    Memory memory = Memory.NONE;
    for (int day = 0; day < 12; day++) {
      Step step =
          DAILY.next(
              memory,
              day * DAY,
              new Confusion(100, 100, 100, 300),
              Map.of("region=x", new Confusion(0, 0, 50, 50)));
      assertThat(step.disparities().isEmpty()).isEqualTo(day < 9);
      memory = step.memory();
    }
  }

  @Test
  void slicesWithoutEventsAreNoDisparity() {
    Memory memory = Memory.NONE;
    for (int day = 0; day < 40; day++) {
      Confusion rare = new Confusion(0, 0, 0, 40);
      Step step = DAILY.next(memory, day * DAY, new Confusion(0, 1, 0, 2_000), Map.of("r=x", rare));
      assertThat(step.disparities()).isEmpty();
      memory = step.memory();
    }
  }

  @Test
  void slicesThatDoNotComeAnyMoreAreForgotten() {
    Memory memory = Memory.NONE;
    for (int day = 0; day < 40; day++) {
      Confusion rows = new Confusion(10, 10, 10, 10);
      memory =
          DAILY
              .next(memory, day * DAY, new Confusion(99, 99, 99, 99), Map.of("id=" + day, rows))
              .memory();
    }
    assertThat(memory.histories()).hasSize(RateHistory.MOST_UNITS);
  }

  /** A window of 10 slices with 300 rows; the rate of the first one is multiplied by a ratio. */
  private static Step next(
      FairnessMonitor monitor,
      Memory memory,
      long startMillis,
      Random random,
      double spread,
      double ratio) {
    Map<String, Confusion> slices = new TreeMap<>();
    Confusion all = Confusion.NONE;
    for (char slice = 'a'; slice < 'k'; slice++) {
      double rate = 0.2 * Math.exp(spread * random.nextGaussian() - spread * spread / 2);
      Confusion rows = rows(random, Math.min(1, slice == 'a' ? ratio * rate : rate));
      slices.put("region=" + slice, rows);
      all = all.plus(rows);
    }
    return monitor.next(memory, startMillis, all, slices);
  }

  private static Confusion rows(Random random, double rate) {
    Confusion rows = Confusion.NONE;
    for (int i = 0; i < 300; i++) {
      rows = rows.plus(random.nextDouble() < rate, random.nextDouble() < 0.3);
    }
    return rows;
  }
}
