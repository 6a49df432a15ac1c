package dev.millrace.features;

import dev.millrace.schemas.topics.ArrivalClocks;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition: the event clock of its events less the source's lateness, as
 * ingest decides what is late; the slowest one of the arrival partitions that feed the partition,
 * since each has its own clock ({@link ArrivalClocks}). An event's own time never moves it, so one
 * event with a wrong time cannot. The late topic's partitions never hold the others back.
 */
final class EventTime implements WatermarkGenerator<Incoming> {
  /** A partition without events for so long no longer holds back the clean-up of old state. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** An arrival partition without events for so long no longer holds the others' clocks back. */
  private static final Duration ARRIVAL_IDLE = Duration.ofSeconds(5);

  private final long latenessMillis;
  private final LongSupplier nowMillis;
  private final ArrivalClocks clocks = new ArrivalClocks(ARRIVAL_IDLE);
  private boolean late;

  /**
   * @param nowMillis a clock that does not go back, nor on while the source is held up
   */
  EventTime(Duration lateness, LongSupplier nowMillis) {
    this.latenessMillis = lateness.toMillis();
    this.nowMillis = nowMillis;
  }

  static WatermarkStrategy<Incoming> strategy(Duration lateness) {
    return WatermarkStrategy.<Incoming>forGenerator(
            context -> new EventTime(lateness, context.getInputActivityClock()::relativeTimeMillis))
        .withTimestampAssigner(EventTime::timestamp)
        .withIdleness(IDLE);
  }

  private static long timestamp(Incoming record, long timestamp) {
    return record instanceof ViewEvent event ? event.time() : timestamp;
  }

  @Override
  public void onEvent(Incoming record, long timestamp, WatermarkOutput output) {
    if (record instanceof ViewEvent event) {
      clocks.see(event.arrival(), event.clock());
      late = event.late();
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (late) {
      output.markIdle();
      return;
    }
    long clock = clocks.read(nowMillis.getAsLong());
    if (clock != ArrivalClocks.NONE) {
      output.emitWatermark(new Watermark(clock - latenessMillis - 1));
    }
  }
}
