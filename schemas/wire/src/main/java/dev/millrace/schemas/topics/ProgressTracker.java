package dev.millrace.schemas.topics;

import java.util.Arrays;

/**
 * The progress of one partition, from its progress records: that of the slowest arrival partition
 * that is not idle, or of the newest one if all are idle. It is not known before each arrival
 * partition has had a record. For one thread.
 *
 * <p>Idle is a statement about the time of writing, and is repeated. If another arrival partition
 * has a record that was written much later, its repetition is missing: ingest does not read the
 * partition at that time, and it may have events again. It then counts as not idle.
 */
public final class ProgressTracker {
  /** Three times the interval in which ingest repeats progress. */
  private static final long IDLE_VALID_MILLIS = 30_000;

  private long[] times = new long[0];
  private long[] written = new long[0];
  private long newestWritten;
  private boolean[] known = new boolean[0];
  private boolean[] idle = new boolean[0];
  private long timeMillis = Progress.NONE;

  /** Takes a progress record. */
  public void take(Progress progress) {
    // Topics only grow. A record written before the growth names the old number.
    if (progress.arrivals() > times.length) {
      grow(progress.arrivals());
    }
    int arrival = progress.arrival();
    times[arrival] = Math.max(times[arrival], progress.timeMillis());
    known[arrival] = true;
    idle[arrival] = progress.idle();
    written[arrival] = progress.writtenMillis();
    newestWritten = Math.max(newestWritten, progress.writtenMillis());
    timeMillis = Math.max(timeMillis, combined());
  }

  private void grow(int arrivals) {
    int before = times.length;
    times = Arrays.copyOf(times, arrivals);
    Arrays.fill(times, before, arrivals, Progress.NONE);
    written = Arrays.copyOf(written, arrivals);
    known = Arrays.copyOf(known, arrivals);
    idle = Arrays.copyOf(idle, arrivals);
  }

  private long combined() {
    long slowest = Long.MAX_VALUE;
    long newest = Progress.NONE;
    for (int i = 0; i < times.length; i++) {
      if (!known[i]) {
        return Progress.NONE;
      }
      newest = Math.max(newest, times[i]);
      if (!isIdle(i)) {
        slowest = Math.min(slowest, times[i]);
      }
    }
    return slowest == Long.MAX_VALUE ? newest : slowest;
  }

  private boolean isIdle(int arrival) {
    return idle[arrival] && newestWritten - written[arrival] <= IDLE_VALID_MILLIS;
  }

  /**
   * The event time before which all events have been read; {@link Progress#NONE} if it is not
   * known. It never goes back.
   */
  public long timeMillis() {
    return timeMillis;
  }

  /** Whether each arrival partition is idle. */
  public boolean idle() {
    for (int i = 0; i < idle.length; i++) {
      if (!isIdle(i)) {
        return false;
      }
    }
    return idle.length > 0;
  }
}
