package dev.millrace.ingest;

/** The newest of the last one or two thousand times: one wrong time counts for so long only. */
final class NewestTime {
  private static final int WINDOW = 1_000;

  private int taken;
  private long newestMillis;
  private long newestOfLastWindow;

  void take(long millis) {
    if (taken == WINDOW) {
      taken = 0;
      newestOfLastWindow = newestMillis;
      newestMillis = 0;
    }
    taken++;
    newestMillis = Math.max(newestMillis, millis);
  }

  /** 0 while there is none. */
  long millis() {
    return Math.max(newestMillis, newestOfLastWindow);
  }
}
