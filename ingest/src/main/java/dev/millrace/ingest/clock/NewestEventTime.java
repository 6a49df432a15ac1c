package dev.millrace.ingest.clock;

/**
 * The newest of the last 1,000 to 2,000 event times, so that a single wrong time is forgotten after
 * at most 2,000 events.
 */
final class NewestEventTime {
  private static final int WINDOW = 1_000;

  private int taken;
  private long newestMillis;
  private long newestOfLastWindowMillis;

  void take(long millis) {
    if (taken == WINDOW) {
      taken = 0;
      newestOfLastWindowMillis = newestMillis;
      newestMillis = 0;
    }
    taken++;
    newestMillis = Math.max(newestMillis, millis);
  }

  /** Epoch milliseconds; 0 while there is none. */
  long millis() {
    return Math.max(newestMillis, newestOfLastWindowMillis);
  }
}
