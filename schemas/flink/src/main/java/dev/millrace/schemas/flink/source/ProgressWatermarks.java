package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of one partition, from its progress records alone: the last millisecond before its
 * progress. A partition is idle when all its arrival partitions are. Neither events nor the wall
 * clock move it, so a partition that is not read does not advance. After a restart it starts from
 * nothing, and returns with the next progress record of each arrival partition, which ingest
 * repeats every 10 s.
 */
public final class ProgressWatermarks implements WatermarkGenerator<IncomingRecord> {
  private final ProgressTracker tracker = new ProgressTracker();
  private final boolean neverIdle;
  private long emittedMillis = Progress.NONE;
  private boolean idle;

  ProgressWatermarks() {
    this(false);
  }

  private ProgressWatermarks(boolean neverIdle) {
    this.neverIdle = neverIdle;
  }

  /**
   * The strategy for a topic with progress records. Each subtask of the source must read at least
   * one partition: one that reads none holds back the watermark. See {@link
   * KafkaSources#parallelism}.
   */
  public static WatermarkStrategy<IncomingRecord> strategy() {
    return WatermarkStrategy.<IncomingRecord>forGenerator(context -> new ProgressWatermarks())
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  /**
   * The strategy in which no partition and no arrival partition is ever idle. So no event is behind
   * the watermark, whichever partition is read faster: in a range of a topic that is read to its
   * end, one that was idle at the time may have events later in the range.
   */
  public static WatermarkStrategy<IncomingRecord> neverIdle() {
    return WatermarkStrategy.<IncomingRecord>forGenerator(context -> new ProgressWatermarks(true))
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  /** The strategy for the late topic, which is always idle and never holds back other topics. */
  public static WatermarkStrategy<IncomingRecord> alwaysIdle() {
    return WatermarkStrategy.<IncomingRecord>forGenerator(context -> new Idle())
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  /**
   * The strategy for a bounded stream of which only the end counts. It is not idle: Flink leaves
   * out the last watermark of an idle stream.
   */
  public static WatermarkStrategy<IncomingRecord> none() {
    return WatermarkStrategy.<IncomingRecord>noWatermarks()
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  @Override
  public void onEvent(IncomingRecord record, long timestamp, WatermarkOutput output) {
    Progress progress = record.progress();
    if (progress != null) {
      tracker.take(neverIdle ? progress.active() : progress);
    }
  }

  /**
   * A partition is idle one call after its last watermark: Flink leaves out the watermarks of idle
   * partitions when it combines partitions.
   */
  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    long timeMillis = tracker.timeMillis();
    if (tracker.idle() && timeMillis == emittedMillis) {
      idle = true;
      output.markIdle();
    } else if (timeMillis != Progress.NONE) {
      idle = false;
      emittedMillis = timeMillis;
      output.emitWatermark(new Watermark(timeMillis - 1));
    } else if (idle) {
      idle = false;
      output.markActive();
    }
  }

  private static final class Idle implements WatermarkGenerator<IncomingRecord> {
    @Override
    public void onEvent(IncomingRecord record, long timestamp, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.markIdle();
    }
  }
}
