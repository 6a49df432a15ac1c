package dev.millrace.drift.window;

/** Tumbling event-time windows, aligned to the epoch. */
final class TumblingWindows {
  private TumblingWindows() {}

  /** Start of the window of a time. */
  static long start(long timeMillis, long windowMillis) {
    return Math.floorDiv(timeMillis, windowMillis) * windowMillis;
  }

  /** Whether a watermark says that nothing more of the window is due. */
  static boolean closed(long startMillis, long windowMillis, long watermarkMillis) {
    return startMillis + windowMillis - 1 <= watermarkMillis;
  }
}
