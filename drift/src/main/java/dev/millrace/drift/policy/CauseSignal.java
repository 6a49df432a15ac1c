package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import java.util.List;

/**
 * The result of one window for a cause that is known only later than the window's predictions, such
 * as one that needs labels. The signals of a cause come in the order of their windows, one for each
 * window and model version.
 *
 * @param cause what was tested
 * @param modelVersion whose predictions were tested
 * @param windowStartMillis start of the window of the predictions, in event time
 * @param windowEndMillis its end, exclusive
 * @param verdict INSUFFICIENT where nothing was tested: it changes nothing
 * @param level size of the change from 0, none, to 1, the largest possible; an episode that was
 *     acknowledged fires again when it has doubled, or when its remainder up to 1 has halved
 * @param summary the figures in one line, for the message of an alert, such as {@code AUC 0.71 to
 *     0.64, 95 % interval 0.62 to 0.66, 5012 labels}; without a full stop
 * @param slices the slices concerned; empty for all predictions together
 * @param changeMillis start of the window with which the change began: of one that was found by
 *     evidence over windows, an estimate
 */
public record CauseSignal(
    Cause cause,
    String modelVersion,
    long windowStartMillis,
    long windowEndMillis,
    Verdict verdict,
    double level,
    String summary,
    List<String> slices,
    long changeMillis) {
  /** A change that began with the window, as far as is known. */
  public CauseSignal(
      Cause cause,
      String modelVersion,
      long windowStartMillis,
      long windowEndMillis,
      Verdict verdict,
      double level,
      String summary,
      List<String> slices) {
    this(
        cause,
        modelVersion,
        windowStartMillis,
        windowEndMillis,
        verdict,
        level,
        summary,
        slices,
        windowStartMillis);
  }

  /** Checks the components, and copies the slices. */
  public CauseSignal {
    if (windowEndMillis <= windowStartMillis || !(level >= 0 && level <= 1)) {
      throw new IllegalArgumentException(
          "a window must end after its start and the level be from 0 to 1, but they are "
              + windowStartMillis
              + ", "
              + windowEndMillis
              + " and "
              + level);
    }
    slices = List.copyOf(slices);
  }

  /** The same, of a change that began with an earlier window. */
  CauseSignal since(long startMillis) {
    return new CauseSignal(
        cause,
        modelVersion,
        windowStartMillis,
        windowEndMillis,
        verdict,
        level,
        summary,
        slices,
        startMillis);
  }
}
