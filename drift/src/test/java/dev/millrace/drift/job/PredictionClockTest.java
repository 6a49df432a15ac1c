package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.wire.Incoming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class PredictionClockTest {
  private final List<Long> watermarks = new ArrayList<>();
  private long nowMillis;
  private final PredictionClock clock =
      new PredictionClock(Duration.ofMillis(100), Duration.ofSeconds(5), () -> nowMillis);
  private boolean idle;

  @Test
  void anEventTimeAheadOfItsClockDoesNotMoveTheWatermark() {
    event(1_000, 1_000);
    event(9_000_000, 1_010);
    event(500, 1_005);

    assertThat(watermarks).containsExactly(899L, 909L, 909L);
  }

  @Test
  void withoutAClockThereIsNoWatermark() {
    event(1_000, Incoming.NO_CLOCK);

    assertThat(watermarks).isEmpty();
  }

  /** One partition of predictions is fed by several, and they are read at different speeds. */
  @Test
  void theSlowestArrivalPartitionIsTheClock() {
    arrival(0, 90_000);
    arrival(1, 1_000);
    arrival(0, 95_000);
    arrival(1, 2_000);

    assertThat(watermarks).containsExactly(89_899L, 899L, 899L, 1_899L);
  }

  @Test
  void anArrivalPartitionWithoutRecordsIsLeftOutAfterTheTimeout() {
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
  void aSilentPartitionGoesToItsNewestClockAndIsIdleThen() {
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
  void aPartitionThatNeverBringsAnythingIsIdle() {
    for (int second = 0; second <= 5; second++) {
      assertThat(idle).isFalse();
      emit();
      nowMillis += 1_000;
    }

    assertThat(idle).isTrue();
    assertThat(watermarks).isEmpty();
  }

  /** By a slow receiver, for example: what the other arrival partitions bring waits as well. */
  @Test
  void timeInWhichTheReaderWasHeldUpIsNoSilence() {
    arrival(1, 1_000);
    nowMillis += 60_000;
    arrival(0, 90_000);

    assertThat(last()).isEqualTo(899L);
  }

  private long last() {
    return watermarks.get(watermarks.size() - 1);
  }

  private void event(long timeMillis, long clockMillis) {
    clock.onEvent(new Incoming(null, null, 0, clockMillis), timeMillis, new Output());
    emit();
  }

  private void arrival(int arrival, long clockMillis) {
    clock.onEvent(new Incoming(null, null, arrival, clockMillis), clockMillis, new Output());
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
