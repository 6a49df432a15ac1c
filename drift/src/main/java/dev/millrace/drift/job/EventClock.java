package dev.millrace.drift.job;

import dev.millrace.drift.wire.Incoming;
import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition of predictions: the newest clock by which ingest judged lateness,
 * less the lateness. An event time ahead of that clock does not move it.
 */
final class EventClock implements WatermarkGenerator<Incoming> {
  private final long latenessMillis;
  private long newest = Incoming.NO_CLOCK;

  EventClock(Duration lateness) {
    this.latenessMillis = lateness.toMillis();
  }

  static WatermarkStrategy<Incoming> strategy(Duration lateness, Duration idleTimeout) {
    return WatermarkStrategy.<Incoming>forGenerator(context -> new EventClock(lateness))
        .withTimestampAssigner((incoming, recorded) -> time(incoming, recorded))
        .withIdleness(idleTimeout);
  }

  private static long time(Incoming incoming, long recorded) {
    GenericRecord prediction = incoming.value();
    return prediction == null ? recorded : PredictionValues.eventTime(prediction);
  }

  @Override
  public void onEvent(Incoming event, long timestamp, WatermarkOutput output) {
    newest = Math.max(newest, event.eventClockMillis());
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (newest != Incoming.NO_CLOCK) {
      output.emitWatermark(new Watermark(newest - latenessMillis - 1));
    }
  }
}
