package dev.millrace.drift.labels;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The clock of the source of labels, from the clocks of its arrival partitions.
 *
 * <p>While events arrive, it is the clock of the slowest partition. A partition without events for
 * the idle timeout is left out if it is less than the lateness behind the slowest of the others, or
 * has been silent for minutes: a partition far behind is expected to have events that are still to
 * be read. The timeout counts from the time when the source as a whole resumed, or this task after
 * a delay or a start, so that after an outage a partition that is read a little later than another
 * still counts. When no partition has events, the clock moves to that of the newest partition and
 * stops, and the source is idle.
 */
public final class SourceClock {
  /** No time is known yet. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** A tick later than this was delayed, by load or by backpressure. */
  private static final long LONGEST_DELAY_MILLIS = 1_000;

  /** A silent partition is left out after this time, however far behind it is. */
  private static final long LONGEST_WAIT_MILLIS = 120_000;

  private final long latenessMillis;
  private final long idleMillis;
  private final Map<Integer, Partition> arrivals = new HashMap<>();
  private long watermarkMillis;
  private long resumedMillis;
  private long activeSinceMillis;
  private boolean idle;

  /** A partition's event clock, and when it last moved, on the wall clock. */
  private static final class Partition {
    private long clockMillis = UNKNOWN;
    private long seenMillis;

    void see(long clock, long nowMillis) {
      clockMillis = Math.max(clockMillis, clock);
      seenMillis = nowMillis;
    }
  }

  /**
   * @param lateness of the source of labels
   * @param idleTimeout wall-clock time after which a silent partition is left out
   * @param watermarkMillis the watermark of an earlier run; {@link #UNKNOWN}: none
   */
  public SourceClock(
      Duration lateness, Duration idleTimeout, long watermarkMillis, long nowMillis) {
    this.latenessMillis = lateness.toMillis();
    this.idleMillis = idleTimeout.toMillis();
    this.watermarkMillis = watermarkMillis;
    this.resumedMillis = nowMillis;
    this.activeSinceMillis = nowMillis;
  }

  /** Adds an event of an arrival partition, with the partition's clock. */
  public void see(int arrival, long clockMillis, long nowMillis) {
    if (idle) {
      idle = false;
      resumedMillis = nowMillis;
      activeSinceMillis = nowMillis;
    }
    arrivals.computeIfAbsent(arrival, unknown -> new Partition()).see(clockMillis, nowMillis);
  }

  /**
   * Moves the clock; must be called several times per idle timeout.
   *
   * @param scheduledMillis when the call was due
   */
  public void tick(long scheduledMillis, long nowMillis) {
    if (nowMillis - scheduledMillis > LONGEST_DELAY_MILLIS) {
      resumedMillis = nowMillis; // This task itself was delayed, so partitions were not silent.
    }
    if (!idle && nowMillis - resumedMillis >= idleMillis) {
      advance(nowMillis);
    }
  }

  /** The watermark: all labels up to this event time have been read. */
  public long watermarkMillis() {
    return watermarkMillis;
  }

  /** Whether no partition has events. */
  public boolean idle() {
    return idle;
  }

  /** The event clocks by arrival partition. */
  public Map<Integer, Long> arrivalClocks() {
    Map<Integer, Long> clocks = new HashMap<>();
    arrivals.forEach((arrival, partition) -> clocks.put(arrival, partition.clockMillis));
    return clocks;
  }

  private void advance(long nowMillis) {
    long slowest = Long.MAX_VALUE;
    long newest = UNKNOWN;
    for (Partition partition : arrivals.values()) {
      newest = Math.max(newest, partition.clockMillis);
      if (nowMillis - partition.seenMillis < idleMillis) {
        slowest = Math.min(slowest, partition.clockMillis);
      }
    }
    if (slowest != Long.MAX_VALUE) {
      moveTo(withThoseFarBehind(slowest, nowMillis));
      return;
    }
    if (newest != UNKNOWN) {
      moveTo(newest);
    }
    idle = true;
  }

  /** The slowest clock, including those of silent partitions that still count. */
  private long withThoseFarBehind(long slowestActive, long nowMillis) {
    long slowest = slowestActive;
    for (Partition partition : arrivals.values()) {
      boolean far = partition.clockMillis <= slowestActive - latenessMillis;
      long silentSinceMillis = Math.max(partition.seenMillis, activeSinceMillis);
      if (far && nowMillis - silentSinceMillis < LONGEST_WAIT_MILLIS) {
        slowest = Math.min(slowest, partition.clockMillis);
      }
    }
    return slowest;
  }

  /** The rule of ingest: an event is late if it is older than the clock less the lateness. */
  private void moveTo(long clockMillis) {
    watermarkMillis = Math.max(watermarkMillis, clockMillis - latenessMillis - 1);
  }
}
