package dev.millrace.drift.policy;

import org.jspecify.annotations.Nullable;

/**
 * The time after the begin of the stream in which the features' windows fill. The stream begins
 * with the window at which the total number of predictions reaches the minimum: a few older
 * predictions do not begin it.
 *
 * @param beganMillis start of the window that the stream began with; null until then
 * @param samples number of predictions in the windows before it
 */
public record WarmUp(@Nullable Long beganMillis, long samples) {
  /** Before the first window. */
  public static final WarmUp INITIAL = new WarmUp(null, 0);

  /**
   * The warm-up after one more window; windows come in order.
   *
   * @param minSamples predictions that begin a stream
   */
  WarmUp next(long startMillis, long windowSamples, long minSamples) {
    if (beganMillis != null) {
      return this;
    }
    long all = samples + windowSamples;
    return all < minSamples ? new WarmUp(null, all) : new WarmUp(startMillis, 0);
  }

  /**
   * Whether a window is part of the warm-up.
   *
   * @param lengthMillis time that the features' windows take to fill
   */
  boolean covers(long startMillis, long lengthMillis) {
    return beganMillis != null && startMillis < beganMillis + lengthMillis;
  }
}
