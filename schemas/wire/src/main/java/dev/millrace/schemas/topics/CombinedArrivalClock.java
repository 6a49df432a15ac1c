package dev.millrace.schemas.topics;

import java.time.Duration;
import java.util.Arrays;

/**
 * The event clocks in the records of one partition: one for each arrival partition that feeds it.
 * The combined clock is the slowest of those with records within the idle timeout; if there are
 * none, the newest. Time in which the reader was delayed does not count as idle.
 */
public final class CombinedArrivalClock {
  /** The clock of a partition without a record that has one. */
  public static final long NONE = Long.MIN_VALUE;

  /** Largest number of clocks; partitions with equal remainders share one, to bound memory. */
  private static final int MOST = 1024;

  /** A longer time between two readings counts as a delay of the reader. */
  private static final long LONGEST_STEP_MILLIS = 1_000;

  private final long idleMillis;
  private long[] clocks = new long[0];
  private long[] seen = new long[0];
  private boolean[] delivered = new boolean[0];
  private long lastNowMillis = NONE;
  private long elapsedMillis;
  private boolean silent;

  /**
   * @param idleTimeout after which an arrival partition without records is left out
   */
  public CombinedArrivalClock(Duration idleTimeout) {
    this.idleMillis = idleTimeout.toMillis();
  }

  /**
   * Adds a record's clock.
   *
   * @param clockMillis {@link #NONE}: the record has none
   */
  public void see(int arrival, long clockMillis) {
    if (clockMillis == NONE) {
      return;
    }
    int index = Math.floorMod(arrival, MOST);
    if (index >= clocks.length) {
      grow(index + 1);
    }
    clocks[index] = Math.max(clocks[index], clockMillis);
    delivered[index] = true;
  }

  private void grow(int length) {
    int before = clocks.length;
    clocks = Arrays.copyOf(clocks, length);
    Arrays.fill(clocks, before, length, NONE);
    seen = Arrays.copyOf(seen, length);
    delivered = Arrays.copyOf(delivered, length);
  }

  /**
   * The combined clock.
   *
   * @param nowMillis of any clock that does not go back
   * @return {@link #NONE} before the first record that has a clock
   */
  public long read(long nowMillis) {
    if (lastNowMillis != NONE) {
      elapsedMillis += Math.min(Math.max(0, nowMillis - lastNowMillis), LONGEST_STEP_MILLIS);
    }
    lastNowMillis = nowMillis;
    long slowest = Long.MAX_VALUE;
    long newest = NONE;
    for (int i = 0; i < clocks.length; i++) {
      if (delivered[i]) {
        delivered[i] = false;
        seen[i] = elapsedMillis;
      }
      newest = Math.max(newest, clocks[i]);
      if (clocks[i] != NONE && elapsedMillis - seen[i] < idleMillis) {
        slowest = Math.min(slowest, clocks[i]);
      }
    }
    boolean active = slowest != Long.MAX_VALUE;
    silent = !active && elapsedMillis >= idleMillis;
    return active ? slowest : newest;
  }

  /** Whether at the last reading no arrival partition had a record within the idle timeout. */
  public boolean silent() {
    return silent;
  }
}
