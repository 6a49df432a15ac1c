package dev.millrace.schemas.topics;

import java.util.Arrays;

/**
 * The progress of one partition, from its progress records: that of the slowest arrival partition
 * that is not idle. It is not known before each arrival partition has had a record. For one thread.
 */
public final class ProgressTracker {
  private long[] times = new long[0];
  private boolean[] known = new boolean[0];
  private boolean[] idle = new boolean[0];
  private long timeMillis = Progress.NONE;

  /** Takes a progress record. */
  public void take(Progress progress) {
    if (progress.arrivals() != times.length) {
      int before = times.length;
      times = Arrays.copyOf(times, progress.arrivals());
      known = Arrays.copyOf(known, progress.arrivals());
      idle = Arrays.copyOf(idle, progress.arrivals());
      if (progress.arrivals() > before) {
        Arrays.fill(times, before, progress.arrivals(), Progress.NONE);
      }
    }
    int arrival = progress.arrival();
    times[arrival] = Math.max(times[arrival], progress.timeMillis());
    known[arrival] = true;
    idle[arrival] = progress.idle();
    timeMillis = Math.max(timeMillis, slowest());
  }

  private long slowest() {
    long slowest = Long.MAX_VALUE;
    for (int i = 0; i < times.length; i++) {
      if (!known[i]) {
        return Progress.NONE;
      }
      if (!idle[i]) {
        slowest = Math.min(slowest, times[i]);
      }
    }
    return slowest == Long.MAX_VALUE ? timeMillis : slowest;
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
    for (boolean each : idle) {
      if (!each) {
        return false;
      }
    }
    return idle.length > 0;
  }
}
