package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class ProgressWatermarksTest {
  private final List<String> emitted = new ArrayList<>();
  private final WatermarkGenerator<IncomingRecord> watermarks = new ProgressWatermarks();

  @Test
  void theWatermarkIsTheLastMillisecondBeforeTheProgress() {
    progress(0, 1, 1_000, false);
    progress(0, 1, 2_000, false);

    assertThat(emitted).containsExactly("999", "1999");
  }

  @Test
  void eventsDoNotMoveIt() {
    event(5_000);
    progress(0, 1, 1_000, false);
    event(9_000_000);

    assertThat(emitted).containsExactly("999", "999");
  }

  @Test
  void isUnknownUntilEachArrivalPartitionHasHadARecord() {
    progress(0, 2, 90_000, false);
    assertThat(emitted).isEmpty();

    progress(1, 2, 1_000, false);
    assertThat(emitted).containsExactly("999");
  }

  @Test
  void leavesOutAnIdleArrivalPartition() {
    progress(1, 2, 1_000, false);
    progress(0, 2, 90_000, false);
    progress(1, 2, 1_000, true);

    assertThat(emitted).containsExactly("999", "89999");
  }

  /** The last watermark of an idle partition would be lost if it came with the idle status. */
  @Test
  void isIdleAfterItsLastWatermarkIfAllArrivalPartitionsAre() {
    take(0, 2, 90_000, true);
    progress(1, 2, 1_000, true);
    assertThat(emitted).containsExactly("89999");
    emit();
    emit();
    assertThat(emitted).containsExactly("89999", "idle", "idle");

    progress(1, 2, 1_000, false);
    assertThat(emitted).containsExactly("89999", "idle", "idle", "89999");
  }

  @Test
  void aPartitionWithoutATimeIsIdleIfItsArrivalPartitionsAreAndActiveAfterwards() {
    progress(0, 1, Progress.NONE, true);
    progress(0, 1, Progress.NONE, false);
    emit();

    assertThat(emitted).containsExactly("idle", "active");
  }

  @Test
  void aPartitionThatIsNotReadIsNeitherIdleNorAdvances() {
    progress(0, 2, 1_000, true);
    for (int i = 0; i < 100; i++) {
      emit();
    }

    assertThat(emitted).isEmpty();
  }

  @Test
  void theLateTopicIsAlwaysIdle() {
    var late = ProgressWatermarks.alwaysIdle().createWatermarkGenerator(null);
    late.onPeriodicEmit(new Output());

    assertThat(emitted).containsExactly("idle");
  }

  /** What was silent at the time may have events later in the range. */
  @Test
  void inARangeAnIdleArrivalPartitionHoldsBackTheWatermark() {
    var bounded = ProgressWatermarks.neverIdle().createWatermarkGenerator(null);
    bounded.onEvent(record(0, 2, 90_000, true), 90_000, new Output());
    bounded.onEvent(record(1, 2, 1_000, true), 1_000, new Output());
    bounded.onPeriodicEmit(new Output());
    bounded.onPeriodicEmit(new Output());

    assertThat(emitted).containsExactly("999", "999");
  }

  private void progress(int arrival, int arrivals, long timeMillis, boolean idle) {
    take(arrival, arrivals, timeMillis, idle);
    emit();
  }

  private void take(int arrival, int arrivals, long timeMillis, boolean idle) {
    watermarks.onEvent(record(arrival, arrivals, timeMillis, idle), timeMillis, new Output());
  }

  private static IncomingRecord record(int arrival, int arrivals, long timeMillis, boolean idle) {
    return IncomingRecord.of(new Progress(arrival, arrivals, timeMillis, idle, 0), 0, 0);
  }

  private void event(long timeMillis) {
    watermarks.onEvent(
        new IncomingRecord(null, null, null, timeMillis, false, 0, 0), timeMillis, new Output());
    emit();
  }

  private void emit() {
    watermarks.onPeriodicEmit(new Output());
  }

  private final class Output implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark watermark) {
      emitted.add(String.valueOf(watermark.getTimestamp()));
    }

    @Override
    public void markIdle() {
      emitted.add("idle");
    }

    @Override
    public void markActive() {
      emitted.add("active");
    }
  }
}
