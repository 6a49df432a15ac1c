package dev.millrace.ingest.dedup;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The publication time that each arrival partition of one task has reached, whether it feeds the
 * task directly or through the rekeyed topic. In a backlog the partitions are read at different
 * speeds; the slowest one decides which ids are still needed.
 *
 * <p>A partition whose newest publication time has not advanced for one period of running time is
 * not counted until it advances again: it delivers no records, or its producers send no times or a
 * wrong one. If no partition advances, the newest one counts. No id expires before a new task has
 * run for a period, since partitions that it has not read yet may be behind. Running time is
 * counted in ticks in which records arrived, so neither an outage nor an idle night counts.
 *
 * <p>A record counts as published at most one period before what the slowest partition has reached;
 * one with an older time counts as published then. Therefore the ids of a producer with a wrong
 * clock are deduplicated, too.
 */
public final class DedupWatermark {
  /** Where the progress is kept, so that a restart resumes with it: values by a small number. */
  public interface State {
    void forEach(BiConsumer<Integer, byte[]> action);

    void put(int key, byte[] value);
  }

  /** Ticks of running time in a period. */
  static final int TICKS = 60;

  /** The key under which the number of ticks is stored that the task has run. */
  private static final int TASK = -1;

  private static final class Partition {
    private long newestMillis;
    private int silentTicks;
    private boolean advanced;
  }

  private final State store;
  private final long periodMillis;
  private final InstantSource wallClock;
  private final Map<Integer, Partition> partitions = new TreeMap<>();
  private int ticks;
  private long tickedMillis;
  private int slowest = TASK;
  private long slowestMillis;

  DedupWatermark(State store, Duration period, InstantSource wallClock) {
    this.store = store;
    this.periodMillis = Math.max(1, period.toMillis());
    this.wallClock = wallClock;
    this.tickedMillis = wallClock.millis();
    store.forEach((key, value) -> load(key, ByteBuffer.wrap(value)));
    findSlowest();
  }

  private void load(int key, ByteBuffer value) {
    long newestMillis = value.getLong();
    int count = value.getInt();
    if (key == TASK) {
      ticks = count;
    } else {
      Partition progress = new Partition();
      progress.newestMillis = newestMillis;
      progress.silentTicks = count;
      partitions.put(key, progress);
    }
  }

  /**
   * Takes a record of an arrival partition.
   *
   * @return when the record counts as published, epoch milliseconds
   */
  long take(int partition, long publishedMillis) {
    tickIfDue();
    Partition progress = partitions.get(partition);
    boolean isNew = progress == null;
    if (progress == null) {
      progress = new Partition();
      partitions.put(partition, progress);
    }
    if (isNew || publishedMillis > progress.newestMillis) {
      boolean counted = !isNew && progress.silentTicks < TICKS;
      progress.newestMillis = publishedMillis;
      progress.silentTicks = 0;
      progress.advanced = true;
      if (isNew) {
        save(partition, progress);
      }
      if (!counted || partition == slowest) {
        findSlowest();
      }
    }
    return Math.max(publishedMillis, slowestMillis - periodMillis);
  }

  /** No later record counts as published before this, epoch milliseconds; 0 if unknown. */
  long earliestToComeMillis() {
    return ticks < TICKS ? 0 : slowestMillis - periodMillis;
  }

  private void tickIfDue() {
    long nowMillis = wallClock.millis();
    if (nowMillis - tickedMillis < Math.max(1, periodMillis / TICKS)) {
      return;
    }
    tickedMillis = nowMillis;
    if (ticks < TICKS) {
      ticks++;
      store.put(TASK, value(0, ticks));
    }
    partitions.forEach(
        (partition, progress) -> {
          if (!progress.advanced) {
            progress.silentTicks = Math.min(TICKS, progress.silentTicks + 1);
          }
          progress.advanced = false;
          save(partition, progress);
        });
    findSlowest();
  }

  private void findSlowest() {
    slowest = TASK;
    slowestMillis = Long.MAX_VALUE;
    partitions.forEach(
        (partition, progress) -> {
          if (progress.silentTicks < TICKS && progress.newestMillis < slowestMillis) {
            slowest = partition;
            slowestMillis = progress.newestMillis;
          }
        });
    if (slowest == TASK) {
      slowestMillis =
          partitions.values().stream().mapToLong(each -> each.newestMillis).max().orElse(0);
    }
  }

  /**
   * What is stored is at most one tick older than what is in memory; that only keeps ids longer.
   */
  private void save(int partition, Partition progress) {
    store.put(partition, value(progress.newestMillis, progress.silentTicks));
  }

  private static byte[] value(long newestMillis, int count) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
        .putLong(newestMillis)
        .putInt(count)
        .array();
  }
}
