package dev.millrace.inference.rows;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The event time that this process has read each partition up to: the greatest time of any event,
 * progress record, vector or row (the stream time of Kafka Streams, which outlasts a restart). It
 * is the present in a replay, too. Safe for many threads.
 */
public final class EventTimes {
  private final Map<Integer, Long> byPartition = new ConcurrentHashMap<>();

  /**
   * Sets the time of a partition.
   *
   * @param timeMillis negative: not known yet
   */
  public void set(int partition, long timeMillis) {
    if (timeMillis >= 0) {
      byPartition.put(partition, timeMillis);
    }
  }

  /** Removes a partition that this process no longer has. */
  public void remove(int partition) {
    byPartition.remove(partition);
  }

  /**
   * The time of a partition; that of the newest partition of this process if it does not have the
   * partition.
   *
   * @param leastMillis the result if none is later
   */
  public long of(int partition, long leastMillis) {
    Long own = byPartition.get(partition);
    long known =
        own != null
            ? own
            : byPartition.values().stream().mapToLong(Long::longValue).max().orElse(leastMillis);
    return Math.max(known, leastMillis);
  }
}
