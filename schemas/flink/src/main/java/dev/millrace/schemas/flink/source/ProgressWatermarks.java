package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
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
  private final Counted counted;
  private final boolean mayBeIdle;
  private long emittedMillis = Progress.NONE;
  private boolean idle;

  /** What a progress record counts as. */
  private interface Counted extends Serializable {
    Progress of(IncomingRecord record, Progress progress);
  }

  ProgressWatermarks() {
    this((record, progress) -> progress, true);
  }

  private ProgressWatermarks(Counted counted, boolean mayBeIdle) {
    this.counted = counted;
    this.mayBeIdle = mayBeIdle;
  }

  /**
   * The strategy for a topic with progress records. Each subtask of the source must read at least
   * one partition: one that reads none holds back the watermark. See {@link
   * KafkaSources#parallelism}.
   */
  public static WatermarkStrategy<IncomingRecord> strategy() {
    return strategy((record, progress) -> progress, true);
  }

  /**
   * The strategy in which no partition and no arrival partition is ever idle. So no event is behind
   * the watermark, whichever partition is read faster: one that was idle at the time may have
   * events later.
   */
  public static WatermarkStrategy<IncomingRecord> neverIdle() {
    return strategy((record, progress) -> progress.active(), false);
  }

  /**
   * The same, except that an arrival partition does not count before its first event. It would hold
   * back the watermark to the end of the topic if it has none.
   */
  public static WatermarkStrategy<IncomingRecord> idleBeforeFirstEvent() {
    return strategy(
        (record, progress) -> progress.timeMillis() == Progress.NONE ? progress : progress.active(),
        false);
  }

  /**
   * The strategy for ranges of a topic that are read to their ends: as {@link #neverIdle}, except
   * that an arrival partition counts in a partition only up to its last event in the range. It
   * would hold back the watermark to the end of the range.
   *
   * @param ranges of the partitions of one topic
   */
  public static WatermarkStrategy<IncomingRecord> ofRanges(Collection<OffsetRange> ranges) {
    Map<Integer, Map<Integer, Long>> lastEvents = new HashMap<>();
    ranges.forEach(range -> lastEvents.put(range.partition(), range.lastEvents()));
    return strategy(
        (record, progress) -> {
          long last =
              lastEvents
                  .getOrDefault(record.partition(), Map.of())
                  .getOrDefault(progress.arrival(), -1L);
          return record.offset() > last ? ended(progress) : progress.active();
        },
        false);
  }

  /** Idle, however much later the progress of others was written. */
  private static Progress ended(Progress progress) {
    return new Progress(
        progress.arrival(), progress.arrivals(), progress.timeMillis(), true, Long.MAX_VALUE);
  }

  private static WatermarkStrategy<IncomingRecord> strategy(Counted counted, boolean mayBeIdle) {
    return WatermarkStrategy.<IncomingRecord>forGenerator(
            context -> new ProgressWatermarks(counted, mayBeIdle))
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
      tracker.take(counted.of(record, progress));
    }
  }

  /**
   * A partition is idle one call after its last watermark: Flink leaves out the watermarks of idle
   * partitions when it combines partitions.
   */
  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    long timeMillis = tracker.timeMillis();
    if (mayBeIdle && tracker.idle() && timeMillis == emittedMillis) {
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
