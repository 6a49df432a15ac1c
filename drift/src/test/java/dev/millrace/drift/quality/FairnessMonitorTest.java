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

  private static final int RECOVERY_WINDOWS = 3;

  private static final FairnessMonitor DAILY =
      new FairnessMonitor(ALPHA, 0.8, 30, RECOVERY_WINDOWS, new CalmSpan(DAY, 7 * DAY));

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
    assertThat(memory.open()).isEqualTo(OpenDisparities.NONE);
  }

  /**
   * Half the rate of the others, with days that differ much: the p-value crosses its level again
   * and again, which a monitor that remembers no alarm shows.
   */
  @Test
  void aConstantDisparityIsOneAlarm() {
    int notFoundAgain = 0;
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      Memory memory = Memory.NONE;
      boolean begun = false;
      for (int day = 0; day < 300; day++) {
        Map<String, Confusion> slices = slices(random, 0.5, 0.5);
        Memory forgetful = new Memory(memory.histories(), OpenDisparities.NONE);
        Step without = next(DAILY, forgetful, day * DAY, slices);
        Step step = next(DAILY, memory, day * DAY, slices);
        memory = step.memory();
        begun |= !step.disparities().isEmpty();
        if (begun) {
          assertThat(step.disparities()).isNotEmpty();
          notFoundAgain += without.disparities().isEmpty() ? 1 : 0;
        }
      }
      assertThat(begun).isTrue();
    }
    assertThat(notFoundAgain).isGreaterThan(10);
  }

  /** The estimate of 30 days is within the limits again when about 18 of them have no disparity. */
  @Test
  void anAlarmEndsAfterTheRecoveryWindows() {
    Random random = new Random(1);
    Memory memory = Memory.NONE;
    int calm = 0;
    int day = 0;
    for (; day < 60 || (calm < RECOVERY_WINDOWS && day < 120); day++) {
      Step step = next(DAILY, memory, day * DAY, slices(random, 0.15, day < 60 ? 0.5 : 1));
      memory = step.memory();
      boolean open = !memory.open().pairs().isEmpty();
      calm = day < 60 || !step.disparities().isEmpty() ? 0 : calm + 1;
      assertThat(open).isEqualTo(calm < RECOVERY_WINDOWS && (day >= 30 || open));
    }
    assertThat(day).isBetween(72, 90);
  }

  /**
   * From day 60 on the slice has 20 rows a day, or none: the alert lasts, until its newest
   * comparable day is 30 days old.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void aSliceThatIsNotComparedDoesNotEndItsAlarm(int rowsLeft) {
    Random random = new Random(1);
    Memory memory = Memory.NONE;
    int notCompared = 0;
    for (int day = 0; day < 100; day++) {
      Map<String, Confusion> slices = slices(random, 0.15, 0.5);
      if (day >= 60) {
        slices.remove("region=a");
        if (rowsLeft > 0) {
          slices.put("region=a", rows(random, rowsLeft, 0.2));
        }
      }
      Step step = next(DAILY, memory, day * DAY, slices);
      memory = step.memory();
      if (day >= 60) {
        assertThat(step.tested()).isPositive();
        assertThat(step.calm()).isEqualTo(day >= 59 + RateHistory.MOST_UNITS);
        assertThat(memory.open().pairs().isEmpty())
            .isEqualTo(day >= 58 + RateHistory.MOST_UNITS + RECOVERY_WINDOWS);
        notCompared += step.notCompared().isEmpty() ? 0 : 1;
      }
    }
    assertThat(notCompared).isBetween(RECOVERY_WINDOWS, 20);
  }

  /** With a limit of 1 no estimate is within the limits, however near to 1. */
  @Test
  void anAlarmEndsThoughEachDifferenceIsADisparity() {
    FairnessMonitor strict =
        new FairnessMonitor(ALPHA, 1, 30, RECOVERY_WINDOWS, new CalmSpan(DAY, 7 * DAY));
    Random random = new Random(1);
    Memory memory = Memory.NONE;
    boolean begun = false;
    int last = 0;
    for (int day = 0; day < 200; day++) {
      Step step = next(strict, memory, day * DAY, slices(random, 0.05, day < 60 ? 0.5 : 1));
      memory = step.memory();
      begun |= !step.disparities().isEmpty();
      last = memory.open().pairs().isEmpty() ? last : day;
    }
    assertThat(begun).isTrue();
    assertThat(last).isBetween(80, 130);
  }

  /** A slice that is compared again after 21 days of few rows continues its alarm. */
  @Test
  void aSliceThatComesBackContinuesItsAlarm() {
    Random random = new Random(1);
    Memory memory = Memory.NONE;
    int notCompared = 0;
    for (int day = 0; day < 120; day++) {
      Map<String, Confusion> slices = slices(random, 0.15, 0.5);
      if (day >= 60 && day < 81) {
        slices.put("region=a", rows(random, 20, 0.2));
      }
      Step step = next(DAILY, memory, day * DAY, slices);
      memory = step.memory();
      if (day >= 60) {
        assertThat(memory.open().pairs()).isNotEmpty();
      }
      if (day >= 90) {
        assertThat(step.disparities()).isNotEmpty();
      }
      notCompared += step.notCompared().isEmpty() ? 0 : 1;
    }
    assertThat(notCompared).isGreaterThan(5);
  }

  /** Each day another slice has no positive decision, and does not come again. */
  @Test
  void slicesThatAlarmAndDisappearAreForgotten() {
    Memory memory = Memory.NONE;
    for (int day = 0; day < 400; day++) {
      Map<String, Confusion> slices = new TreeMap<>();
      for (int id = day; id < day + 15; id++) {
        slices.put("id=" + id, new Confusion(0, 0, 50, 50));
      }
      memory = DAILY.next(memory, day * DAY, new Confusion(900, 900, 900, 2_700), slices).memory();
      assertThat(memory.open().pairs().size()).isLessThan(3 * 60);
    }
    assertThat(memory.open().pairs()).isNotEmpty();
  }

  /** A slice has half the rate of the others at night, and twice by day. */
  @Test
  void hoursOfADayAreOneUnit() {
    FairnessMonitor hourly =
        new FairnessMonitor(ALPHA / 24, 0.8, 30, RECOVERY_WINDOWS, new CalmSpan(HOUR, 7 * DAY));
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

  private static Step next(
      FairnessMonitor monitor,
      Memory memory,
      long startMillis,
      Random random,
      double spread,
      double ratio) {
    return next(monitor, memory, startMillis, slices(random, spread, ratio));
  }

  private static Step next(
      FairnessMonitor monitor, Memory memory, long startMillis, Map<String, Confusion> slices) {
    Confusion all = slices.values().stream().reduce(Confusion.NONE, Confusion::plus);
    return monitor.next(memory, startMillis, all, slices);
  }

  /** A window of 10 slices with 300 rows; the rate of the first one is multiplied by a ratio. */
  private static Map<String, Confusion> slices(Random random, double spread, double ratio) {
    Map<String, Confusion> slices = new TreeMap<>();
    for (char slice = 'a'; slice < 'k'; slice++) {
      double rate = 0.2 * Math.exp(spread * random.nextGaussian() - spread * spread / 2);
      double used = Math.min(1, slice == 'a' ? ratio * rate : rate);
      slices.put("region=" + slice, rows(random, 300, used));
    }
    return slices;
  }

  private static Confusion rows(Random random, int number, double rate) {
    Confusion rows = Confusion.NONE;
    for (int i = 0; i < number; i++) {
      rows = rows.plus(random.nextDouble() < rate, random.nextDouble() < 0.3);
    }
    return rows;
  }
}
