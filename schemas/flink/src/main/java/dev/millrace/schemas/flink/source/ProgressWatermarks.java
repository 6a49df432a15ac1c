package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.jspecify.annotations.Nullable;

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

  /** What a progress record of a partition counts as; null if it does not count. */
  private interface Counted extends Serializable {
    @Nullable Progress of(int partition, Progress progress);
  }

  ProgressWatermarks() {
    this((partition, progress) -> progress, true);
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
    return strategy((partition, progress) -> progress, true);
  }

  /**
   * The strategy in which no partition and no arrival partition is ever idle. So no event is behind
   * the watermark, whichever partition is read faster: one that was idle at the time may have
   * events later.
   */
  public static WatermarkStrategy<IncomingRecord> neverIdle() {
    return strategy((partition, progress) -> progress.active(), false);
  }

  /**
   * The same, except that an arrival partition does not count before its first event. It would hold
   * back the watermark to the end of the topic if it has none.
   */
  public static WatermarkStrategy<IncomingRecord> idleBeforeFirstEvent() {
    return strategy(
        (partition, progress) ->
            progress.timeMillis() == Progress.NONE ? progress : progress.active(),
        false);
  }

  /**
   * The strategy for ranges of a topic that are read to their ends: as {@link #neverIdle}, except
   * that an arrival partition without any event in the range of a partition does not count in that
   * partition. It would hold back the watermark to the end of the range.
   *
   * @param ranges of the partitions of one topic
   */
  public static WatermarkStrategy<IncomingRecord> ofRanges(Collection<OffsetRange> ranges) {
    Map<Integer, List<Integer>> arrivals = new HashMap<>();
    ranges.forEach(range -> arrivals.put(range.partition(), range.arrivals()));
    return strategy(
        (partition, progress) ->
            inRange(arrivals.getOrDefault(partition, List.of()), progress.active()),
        false);
  }

  /** In a range without events the newest progress counts, as if there were one arrival. */
  private static @Nullable Progress inRange(List<Integer> arrivals, Progress progress) {
    int index = arrivals.isEmpty() ? 0 : arrivals.indexOf(progress.arrival());
    return index < 0
        ? null
        : new Progress(
            index,
            Math.max(1, arrivals.size()),
            progress.timeMillis(),
            progress.idle(),
            progress.writtenMillis());
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
    Progress taken = progress == null ? null : counted.of(record.partition(), progress);
    if (taken != null) {
      tracker.take(taken);
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
