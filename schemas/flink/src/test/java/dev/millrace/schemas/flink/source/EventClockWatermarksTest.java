package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventClockWatermarksTest {
  private final List<Long> watermarks = new ArrayList<>();
  private long nowMillis;
  private EventClockWatermarks clock = generator(true);
  private boolean idle;

  private EventClockWatermarks generator(boolean idleWhenSilent) {
    return new EventClockWatermarks(
        Duration.ofMillis(100), Duration.ofSeconds(5), idleWhenSilent, () -> nowMillis);
  }

  @Test
  void anEventTimeAheadOfItsClockDoesNotMoveTheWatermark() {
    event(1_000, 1_000);
    event(9_000_000, 1_010);
    event(500, 1_005);

    assertThat(watermarks).containsExactly(899L, 909L, 909L);
  }

  @Test
  void emitsNoWatermarkWithoutAClock() {
    event(1_000, IncomingRecord.NO_CLOCK);

    assertThat(watermarks).isEmpty();
  }

  /** One partition is fed by several arrival partitions, which are read at different speeds. */
  @Test
  void usesTheSlowestArrivalPartition() {
    arrival(0, 90_000);
    arrival(1, 1_000);
    arrival(0, 95_000);
    arrival(1, 2_000);

    assertThat(watermarks).containsExactly(89_899L, 899L, 899L, 1_899L);
  }

  @Test
  void leavesOutAnArrivalPartitionWithoutRecordsAfterTheTimeout() {
    arrival(1, 1_000);
    for (int second = 0; second < 5; second++) {
      assertThat(last()).isEqualTo(899L);
      arrival(0, 90_000);
      nowMillis += 1_000;
    }
    emit();

    assertThat(last()).isEqualTo(89_899L);
  }

  @Test
  void aSilentPartitionAdvancesToItsNewestClockAndThenIsIdle() {
    emit();
    arrival(0, 90_000);
    arrival(1, 1_000);
    for (int second = 0; second < 5; second++) {
      assertThat(last()).isEqualTo(899L);
      nowMillis += 1_000;
      emit();
    }
    assertThat(last()).isEqualTo(89_899L);
    assertThat(idle).isFalse();

    emit();
    assertThat(idle).isTrue();

    arrival(1, 3_000);
    assertThat(last()).isEqualTo(2_899L);
  }

  @Test
  void aPartitionWithoutRecordsIsIdle() {
    for (int second = 0; second <= 5; second++) {
      assertThat(idle).isFalse();
      emit();
      nowMillis += 1_000;
    }

    assertThat(idle).isTrue();
    assertThat(watermarks).isEmpty();
  }

  /** The partition's own idle timeout is Flink's, around this generator. */
  @Test
  void aSilentPartitionWithItsOwnIdleTimeoutIsNotIdleBefore() {
    clock = generator(false);
    arrival(0, 90_000);
    for (int second = 0; second <= 10; second++) {
      nowMillis += 1_000;
      emit();
    }

    assertThat(idle).isFalse();
    assertThat(last()).isEqualTo(89_899L);
  }

  @Test
  void aPartitionOfTheLateTopicIsIdle() {
    clock = generator(false);
    clock.onEvent(record(0, IncomingRecord.NO_CLOCK, true), 1_000, new Output());
    emit();

    assertThat(idle).isTrue();
    assertThat(watermarks).isEmpty();
  }

  /** Backpressure, for example, also delays the records of the other arrival partitions. */
  @Test
  void timeInWhichTheReaderWasBlockedDoesNotCountAsSilence() {
    arrival(1, 1_000);
    nowMillis += 60_000;
    arrival(0, 90_000);

    assertThat(last()).isEqualTo(899L);
  }

  private long last() {
    return watermarks.get(watermarks.size() - 1);
  }

  private static IncomingRecord record(int arrival, long clockMillis, boolean late) {
    return new IncomingRecord(null, null, 0, clockMillis, arrival, late, 0, 0);
  }

  private void event(long timeMillis, long clockMillis) {
    clock.onEvent(record(0, clockMillis, false), timeMillis, new Output());
    emit();
  }

  private void arrival(int arrival, long clockMillis) {
    clock.onEvent(record(arrival, clockMillis, false), clockMillis, new Output());
    emit();
  }

  private void emit() {
    clock.onPeriodicEmit(new Output());
  }

  private final class Output implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      throw new AssertionError();
    }
  }
}
