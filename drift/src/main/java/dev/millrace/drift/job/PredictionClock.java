package dev.millrace.drift.job;

import dev.millrace.drift.window.PredictionValues;
import dev.millrace.drift.wire.Incoming;
import dev.millrace.schemas.topics.ArrivalClocks;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition of predictions: the clock by which ingest judged lateness, less
 * the lateness. Several arrival partitions feed the partition, each with its own clock; the slowest
 * one counts ({@link ArrivalClocks}). An event time ahead of that clock does not move it. When none
 * brings anything the watermark goes to the newest clock, and the partition is idle.
 */
final class PredictionClock implements WatermarkGenerator<Incoming> {
  private final long latenessMillis;
  private final ArrivalClocks clocks;
  private final LongSupplier nowMillis;
  private long emittedClock = Incoming.NO_CLOCK;

  /**
   * @param nowMillis a clock that does not go back, nor on while the source is held up
   */
  PredictionClock(Duration lateness, Duration idleTimeout, LongSupplier nowMillis) {
    this.latenessMillis = lateness.toMillis();
    this.clocks = new ArrivalClocks(idleTimeout);
    this.nowMillis = nowMillis;
  }

  static WatermarkStrategy<Incoming> strategy(Duration lateness, Duration idleTimeout) {
    return WatermarkStrategy.<Incoming>forGenerator(
            context ->
                new PredictionClock(
                    lateness, idleTimeout, context.getInputActivityClock()::relativeTimeMillis))
        .withTimestampAssigner((incoming, recorded) -> time(incoming, recorded));
  }

  private static long time(Incoming incoming, long recorded) {
    GenericRecord prediction = incoming.value();
    return prediction == null ? recorded : PredictionValues.eventTimeMillis(prediction);
  }

  @Override
  public void onEvent(Incoming event, long timestamp, WatermarkOutput output) {
    clocks.see(event.arrival(), event.eventClockMillis());
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    long clock = clocks.read(nowMillis.getAsLong());
    if (clocks.silent() && emittedClock >= clock) {
      output.markIdle();
    } else if (clock != ArrivalClocks.NONE) {
      emittedClock = clock;
      output.emitWatermark(new Watermark(clock - latenessMillis - 1));
    }
  }
}
