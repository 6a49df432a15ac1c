package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** A producers' topic with more partitions than keys: one has no event in the range. */
  @Test
  void anArrivalPartitionWithoutEventsInTheRangeDoesNotCount() {
    WatermarkGenerator<IncomingRecord> range = ofRange(Map.of(1, 9L, 2, 9L));
    range.onEvent(record(1, 3, 90_000, true), 0, new Output());
    range.onEvent(record(0, 3, Progress.NONE, true), 0, new Output());
    range.onPeriodicEmit(new Output());
    assertThat(emitted).isEmpty();
    range.onEvent(record(2, 3, 1_000, true), 0, new Output());
    range.onPeriodicEmit(new Output());
    range.onPeriodicEmit(new Output());
    assertThat(emitted).containsExactly("999", "999");
  }

  @Test
  void anArrivalPartitionDoesNotCountAfterItsLastEventInTheRange() {
    WatermarkGenerator<IncomingRecord> range = ofRange(Map.of(0, 3L, 1, 9L));
    range.onEvent(record(0, 2, 1_000, true, 2), 0, new Output());
    range.onEvent(record(1, 2, 5_000, false, 4), 0, new Output());
    range.onPeriodicEmit(new Output());
    range.onEvent(record(0, 2, 1_000, true, 5), 0, new Output());
    range.onPeriodicEmit(new Output());
    assertThat(emitted).containsExactly("999", "4999");
  }

  @Test
  void aRangeWithoutEventsHasTheNewestProgress() {
    WatermarkGenerator<IncomingRecord> range = ofRange(Map.of());
    range.onEvent(record(1, 2, 90_000, true), 0, new Output());
    range.onEvent(record(0, 2, Progress.NONE, true), 0, new Output());
    range.onPeriodicEmit(new Output());
    assertThat(emitted).containsExactly("89999");
  }

  private static WatermarkGenerator<IncomingRecord> ofRange(Map<Integer, Long> lastEvents) {
    List<OffsetRange> ranges =
        List.of(
            new OffsetRange("t", 0, 0, 9, lastEvents),
            new OffsetRange("t", 1, 0, 9, Map.of(0, 8L, 1, 8L, 2, 8L)));
    return ProgressWatermarks.ofRanges(ranges).createWatermarkGenerator(null);
  }

  @Test
  void inABackfillAnArrivalPartitionCountsFromItsFirstEventOn() {
    var backfill = ProgressWatermarks.idleBeforeFirstEvent().createWatermarkGenerator(null);
    backfill.onEvent(record(0, 2, Progress.NONE, true), 0, new Output());
    backfill.onEvent(record(1, 2, Progress.NONE, true), 0, new Output());
    backfill.onPeriodicEmit(new Output());
    assertThat(emitted).as("not idle").isEmpty();
    backfill.onEvent(record(1, 2, 1_000, false), 0, new Output());
    backfill.onPeriodicEmit(new Output());
    backfill.onEvent(record(0, 2, 2_000, false), 0, new Output());
    backfill.onEvent(record(1, 2, 9_000, false), 0, new Output());
    backfill.onEvent(record(0, 2, 2_000, true), 0, new Output());
    backfill.onPeriodicEmit(new Output());
    assertThat(emitted).containsExactly("999", "1999");
  }

  private void progress(int arrival, int arrivals, long timeMillis, boolean idle) {
    take(arrival, arrivals, timeMillis, idle);
    emit();
  }

  private void take(int arrival, int arrivals, long timeMillis, boolean idle) {
    watermarks.onEvent(record(arrival, arrivals, timeMillis, idle), timeMillis, new Output());
  }

  private static IncomingRecord record(int arrival, int arrivals, long timeMillis, boolean idle) {
    return record(arrival, arrivals, timeMillis, idle, 0);
  }

  private static IncomingRecord record(
      int arrival, int arrivals, long timeMillis, boolean idle, long offset) {
    return IncomingRecord.of(new Progress(arrival, arrivals, timeMillis, idle, 0), 0, offset);
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
