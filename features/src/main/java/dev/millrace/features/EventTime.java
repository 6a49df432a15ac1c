package dev.millrace.features;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition: its newest event less the source's lateness, as ingest decides
 * what is late. The late topic's partitions never hold the others back.
 */
final class EventTime implements WatermarkGenerator<ViewEvent> {
  /** A partition without events for so long no longer holds back the clean-up of old state. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final long latenessMillis;
  private long newest = Long.MIN_VALUE;
  private boolean late;

  private EventTime(long latenessMillis) {
    this.latenessMillis = latenessMillis;
  }

  static WatermarkStrategy<ViewEvent> strategy(Duration lateness) {
    long millis = lateness.toMillis();
    return WatermarkStrategy.<ViewEvent>forGenerator(context -> new EventTime(millis))
        .withTimestampAssigner((event, timestamp) -> event.time())
        .withIdleness(IDLE);
  }

  @Override
  public void onEvent(ViewEvent event, long timestamp, WatermarkOutput output) {
    newest = Math.max(newest, timestamp);
    late = event.late();
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (late) {
      output.markIdle();
    } else if (newest != Long.MIN_VALUE) {
      output.emitWatermark(new Watermark(newest - latenessMillis - 1));
    }
  }
}
