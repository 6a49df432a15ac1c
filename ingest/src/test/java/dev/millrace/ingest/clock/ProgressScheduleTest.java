package dev.millrace.ingest.clock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressScheduleTest {
  private final ProgressSchedule schedule = new ProgressSchedule(4, 0);

  @Test
  void writesAtTheStart() {
    assertThat(schedule.isDue(0, 5, false)).isTrue();
  }

  @Test
  void writesAChangeAfterHalfASecondAndRepeatsEveryTenSeconds() {
    schedule.written(1_000, 5, false);

    assertThat(schedule.isDue(1_499, 6, false)).isFalse();
    assertThat(schedule.isDue(1_500, 6, false)).isTrue();
    assertThat(schedule.isDue(1_500, 5, true)).isTrue();
    assertThat(schedule.isDue(10_999, 5, false)).isFalse();
    assertThat(schedule.isDue(11_000, 5, false)).isTrue();
  }

  /** About 64 records a second. */
  @ParameterizedTest
  @CsvSource({"1, 500", "32, 500", "64, 1000", "1000, 15625"})
  void writesLessOftenToMorePartitions(int partitions, long intervalMillis) {
    ProgressSchedule wide = new ProgressSchedule(partitions, 0);
    wide.written(0, 5, false);

    assertThat(wide.isDue(intervalMillis - 1, 6, false)).isFalse();
    assertThat(wide.isDue(intervalMillis, 6, false)).isTrue();
  }

  @Test
  void isSilentFiveSecondsAfterTheLastRecordOrTheStart() {
    assertThat(schedule.silent(4_999)).isFalse();
    assertThat(schedule.silent(5_000)).isTrue();

    boolean unused = schedule.read(6_000);
    assertThat(schedule.silent(10_999)).isFalse();
    assertThat(schedule.silent(11_000)).isTrue();
  }

  /** A replay that is interrupted for some seconds goes on with events of the same time. */
  @Test
  void aProducerThatSendsProgressIsSilentAfterAMinute() {
    schedule.readProgress();
    boolean unused = schedule.read(1_000);
    assertThat(schedule.silent(60_999)).isFalse();
    assertThat(schedule.silent(61_000)).isTrue();
  }

  /** Readers may have read that the partition is idle, also from an earlier process. */
  @Test
  void theFirstRecordAndTheOneAfterAnIdleTimeNeedProgressBeforeThem() {
    assertThat(schedule.read(0)).isTrue();
    schedule.written(0, 5, false);
    assertThat(schedule.read(1)).isFalse();
    schedule.written(9_000, 5, true);
    assertThat(schedule.read(9_001)).isTrue();
  }
}
