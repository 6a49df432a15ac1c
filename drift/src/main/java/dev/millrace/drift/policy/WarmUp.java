package dev.millrace.drift.policy;

import org.jspecify.annotations.Nullable;

/**
 * Whether the features' windows had time to fill since the stream began. The stream begins with the
 * window by which enough predictions have come in all: a few older ones do not begin it.
 *
 * @param beganMillis start of the window that the stream began with; null until then
 * @param samples predictions of the windows before it
 */
public record WarmUp(@Nullable Long beganMillis, long samples) {
  /** Before the first window. */
  public static final WarmUp INITIAL = new WarmUp(null, 0);

  /**
   * After one more window; windows come in order.
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
   * @param lengthMillis that the features' windows take to fill
   */
  boolean covers(long startMillis, long lengthMillis) {
    return beganMillis != null && startMillis < beganMillis + lengthMillis;
  }
}
