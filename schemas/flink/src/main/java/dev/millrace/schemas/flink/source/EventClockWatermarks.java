package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.topics.CombinedArrivalClock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition: the event clock by which ingest judged lateness, less the
 * lateness. Several arrival partitions feed the partition, each with its own clock; the slowest one
 * counts ({@link CombinedArrivalClock}). An event's own time does not move it, so an event with a
 * wrong time has no effect. Partitions of the late topic are always idle: they never hold back the
 * others.
 */
public final class EventClockWatermarks implements WatermarkGenerator<IncomingRecord> {
  private final long latenessMillis;
  private final boolean idleWhenSilent;
  private final CombinedArrivalClock clocks;
  private final LongSupplier nowMillis;
  private long emittedClockMillis = CombinedArrivalClock.NONE;
  private boolean late;

  /**
   * @param arrivalIdle wall-clock time after which a silent arrival partition is left out
   * @param idleWhenSilent whether the partition is idle as soon as all its arrival partitions are
   *     silent and the watermark has reached the newest of their clocks
   * @param nowMillis a clock that never goes back, and stops while the source is blocked
   */
  EventClockWatermarks(
      Duration lateness, Duration arrivalIdle, boolean idleWhenSilent, LongSupplier nowMillis) {
    this.latenessMillis = lateness.toMillis();
    this.idleWhenSilent = idleWhenSilent;
    this.clocks = new CombinedArrivalClock(arrivalIdle);
    this.nowMillis = nowMillis;
  }

  /** A strategy in which a partition is idle when all its arrival partitions are. */
  public static WatermarkStrategy<IncomingRecord> strategy(
      Duration lateness, Duration arrivalIdle) {
    return strategy(lateness, arrivalIdle, true);
  }

  /**
   * A strategy in which a partition is idle when it has had no record for its own timeout.
   *
   * @param partitionIdle wall-clock time after which a partition without records is idle
   */
  public static WatermarkStrategy<IncomingRecord> strategy(
      Duration lateness, Duration arrivalIdle, Duration partitionIdle) {
    return strategy(lateness, arrivalIdle, false).withIdleness(partitionIdle);
  }

  private static WatermarkStrategy<IncomingRecord> strategy(
      Duration lateness, Duration arrivalIdle, boolean idleWhenSilent) {
    return WatermarkStrategy.<IncomingRecord>forGenerator(
            context ->
                new EventClockWatermarks(
                    lateness,
                    arrivalIdle,
                    idleWhenSilent,
                    context.getInputActivityClock()::relativeTimeMillis))
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  @Override
  public void onEvent(IncomingRecord record, long timestamp, WatermarkOutput output) {
    clocks.see(record.arrival(), record.eventClockMillis());
    late = record.late();
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (late) {
      output.markIdle();
      return;
    }
    long clockMillis = clocks.read(nowMillis.getAsLong());
    if (idleWhenSilent && clocks.silent() && emittedClockMillis >= clockMillis) {
      output.markIdle();
    } else if (clockMillis != CombinedArrivalClock.NONE) {
      emittedClockMillis = clockMillis;
      output.emitWatermark(new Watermark(clockMillis - latenessMillis - 1));
    }
  }
}
