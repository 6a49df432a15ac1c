package dev.millrace.drift.calibration;

import java.io.Serializable;
import java.time.Duration;

/**
 * How long calm windows must span before one can be judged by them.
 *
 * @param windowMillis length of a window
 * @param seasonMillis event time that calm windows must contain; 0: the data have no season
 */
public record CalmSpan(long windowMillis, long seasonMillis) implements Serializable {
  /**
   * Of windows and a season, as {@code drift.window} and {@code drift.season}.
   *
   * @param window length of a window
   * @param season may be zero
   */
  public static CalmSpan of(Duration window, Duration season) {
    return new CalmSpan(window.toMillis(), season.toMillis());
  }

  /** The same windows with a season that is not longer than this. */
  public CalmSpan atMost(Duration season) {
    return new CalmSpan(windowMillis, Math.min(seasonMillis, season.toMillis()));
  }
}
