package dev.millrace.drift.job;

/** Tumbling event-time windows, aligned to the epoch. */
final class Windows {
  private Windows() {}

  /** Start of the window of a time. */
  static long start(long timeMillis, long windowMillis) {
    return Math.floorDiv(timeMillis, windowMillis) * windowMillis;
  }

  /** Whether a watermark says that nothing more of the window is due. */
  static boolean closed(long startMillis, long windowMillis, long watermarkMillis) {
    return startMillis + windowMillis - 1 <= watermarkMillis;
  }
}
