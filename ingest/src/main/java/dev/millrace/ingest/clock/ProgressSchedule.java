package dev.millrace.ingest.clock;

/**
 * Decides when a task writes the progress of its arrival partition: at its start, after a change,
 * and unchanged every 10 s, so that a reader that restarts learns it.
 */
public final class ProgressSchedule {
  /** A change is written after this time at the earliest. */
  private static final long INTERVAL_MILLIS = 500;

  private static final long REPEAT_MILLIS = 10_000;

  /** A task writes about so many records a second, one for each partition each time. */
  private static final int RECORDS_PER_SECOND = 64;

  /** An arrival partition without records for this time may be idle. */
  private static final long SILENT_MILLIS = 5_000;

  /**
   * The same where a producer has sent progress. It repeats that while it has no events, so silence
   * is an interruption: a replay that did not get CPU time would let an aligned pipeline answer
   * before the events that it was about to publish.
   */
  private static final long SILENT_PRODUCER_MILLIS = 60_000;

  private final long intervalMillis;
  private final long repeatMillis;
  private long readMillis;
  private long silentMillis = SILENT_MILLIS;
  private boolean written;
  private long writtenMillis;
  private long timeMillis;
  private boolean idle;

  /**
   * @param partitions to which progress is written
   * @param nowMillis of the wall clock, as in all methods
   */
  public ProgressSchedule(int partitions, long nowMillis) {
    intervalMillis = Math.max(INTERVAL_MILLIS, partitions * 1_000L / RECORDS_PER_SECOND);
    repeatMillis = Math.max(REPEAT_MILLIS, intervalMillis);
    readMillis = nowMillis;
  }

  /**
   * Takes note of a record of the arrival partition.
   *
   * @return whether progress must be written before the record: readers may have read that the
   *     partition is idle
   */
  public boolean read(long nowMillis) {
    readMillis = nowMillis;
    return !written || idle;
  }

  /** Takes note of progress that a producer has sent. */
  public void readProgress() {
    silentMillis = SILENT_PRODUCER_MILLIS;
  }

  /** When the last record was read; at first, when the task started. */
  public long readMillis() {
    return readMillis;
  }

  /** Whether the arrival partition has had no records for so long that it may be idle. */
  public boolean silent(long nowMillis) {
    return nowMillis - readMillis >= silentMillis;
  }

  /** Whether progress is to be written. */
  public boolean isDue(long nowMillis, long newTimeMillis, boolean newIdle) {
    boolean changed = newTimeMillis != timeMillis || newIdle != idle;
    long sinceMillis = nowMillis - writtenMillis;
    return !written || sinceMillis >= (changed ? intervalMillis : repeatMillis);
  }

  /** Takes note of what was written. */
  public void written(long nowMillis, long newTimeMillis, boolean newIdle) {
    written = true;
    writtenMillis = nowMillis;
    timeMillis = newTimeMillis;
    idle = newIdle;
  }
}
