package dev.millrace.features;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition: the newest event clock of its events less the source's lateness,
 * as ingest decides what is late. An event's own time never moves it, so one event with a wrong
 * time cannot. The late topic's partitions never hold the others back.
 */
final class EventTime implements WatermarkGenerator<Incoming> {
  /** A partition without events for so long no longer holds back the clean-up of old state. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final long latenessMillis;
  private long clock = Long.MIN_VALUE;
  private boolean late;

  EventTime(Duration lateness) {
    this.latenessMillis = lateness.toMillis();
  }

  static WatermarkStrategy<Incoming> strategy(Duration lateness) {
    return WatermarkStrategy.<Incoming>forGenerator(context -> new EventTime(lateness))
        .withTimestampAssigner(EventTime::timestamp)
        .withIdleness(IDLE);
  }

  private static long timestamp(Incoming record, long timestamp) {
    return record instanceof ViewEvent event ? event.time() : timestamp;
  }

  @Override
  public void onEvent(Incoming record, long timestamp, WatermarkOutput output) {
    if (record instanceof ViewEvent event) {
      clock = Math.max(clock, event.clock());
      late = event.late();
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (late) {
      output.markIdle();
    } else if (clock != Long.MIN_VALUE) {
      output.emitWatermark(new Watermark(clock - latenessMillis - 1));
    }
  }
}
