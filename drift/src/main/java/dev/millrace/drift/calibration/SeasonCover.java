package dev.millrace.drift.calibration;

import java.time.Duration;

/**
 * Whether calm windows suffice to calibrate with. There must be enough of them, and they must
 * contain whole seasons: streams differ between night and day and between weekdays and weekends, so
 * the windows of one morning do not tell what a night is like. How long a season is, {@link
 * CalmSpan} says; for windows shorter than a day, a day is a period of 24 hours that begins at the
 * time of day of the first window. Days without a window do not count.
 *
 * @param windows number of windows
 * @param firstMillis start of the first window; 0 without one
 * @param days number of different days with a window
 * @param lastDay the last one of them, counted from the first window; -1 without one
 */
public record SeasonCover(int windows, long firstMillis, int days, long lastDay) {
  /** Before the first window. */
  public static final SeasonCover NONE = new SeasonCover(0, 0, 0, -1);

  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  /**
   * With the next window.
   *
   * @param startMillis in event time, not before that of the last one
   */
  public SeasonCover plus(long startMillis) {
    long first = windows == 0 ? startMillis : firstMillis;
    long day = Math.floorDiv(startMillis - first, DAY_MILLIS);
    boolean another = day > lastDay;
    return new SeasonCover(windows + 1, first, another ? days + 1 : days, another ? day : lastDay);
  }

  /**
   * How many windows must still come before one can be judged; 0: none. While whole days are
   * missing, these are all windows that fit into the rest of the season.
   *
   * @param startMillis start of the window that is to be judged, not before that of the last one
   * @param fewest windows that are needed, however long they are; at least 1
   */
  public int missing(long startMillis, CalmSpan span, int fewest) {
    long windowMillis = span.windowMillis();
    int few = Math.max(0, fewest - windows);
    long rest = span.seasonMillis() - coveredMillis(startMillis, windowMillis);
    long needed =
        Math.min(Integer.MAX_VALUE, Math.max(0, (rest + windowMillis - 1) / windowMillis));
    return Math.max(few, (int) needed);
  }

  /** Whether the windows so far suffice to judge this one; see {@link #missing}. */
  public boolean suffices(long startMillis, CalmSpan span, int fewest) {
    return missing(startMillis, span, fewest) == 0;
  }

  private long coveredMillis(long startMillis, long windowMillis) {
    if (windowMillis >= DAY_MILLIS || windows == 0) {
      return windows * windowMillis;
    }
    long sinceFirst = startMillis - firstMillis;
    boolean lasts = Math.floorDiv(sinceFirst, DAY_MILLIS) == lastDay;
    // Of a day that is not over, what has passed of it.
    return lasts
        ? (days - 1) * DAY_MILLIS + Math.floorMod(sinceFirst, DAY_MILLIS)
        : days * DAY_MILLIS;
  }
}
