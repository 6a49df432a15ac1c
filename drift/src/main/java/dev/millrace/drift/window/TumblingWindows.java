package dev.millrace.drift.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * Tumbling event-time windows, aligned to the epoch.
 *
 * @param lengthMillis of each window
 */
public record TumblingWindows(long lengthMillis) implements Serializable {
  /** Windows of this length. */
  public static TumblingWindows of(Duration length) {
    return new TumblingWindows(length.toMillis());
  }

  /** Start of the window that an event time is in. */
  public long startMillis(long timeMillis) {
    return Math.floorDiv(timeMillis, lengthMillis) * lengthMillis;
  }

  /** The end of a window, which is the start of the next one. */
  public long endMillis(long startMillis) {
    return startMillis + lengthMillis;
  }

  /** The watermark that closes a window: the last millisecond that belongs to it. */
  public long closingMillis(long startMillis) {
    return startMillis + lengthMillis - 1;
  }

  /** Whether a watermark has passed the window: all its events are expected to have been read. */
  public boolean isClosed(long startMillis, long watermarkMillis) {
    return closingMillis(startMillis) <= watermarkMillis;
  }
}
