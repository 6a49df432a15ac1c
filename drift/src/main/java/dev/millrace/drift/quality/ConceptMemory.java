package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.calibration.SeasonalForecast;
import dev.millrace.drift.sequence.ConceptState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link ConceptMonitor}: 5 KB, and at most 9 KB while it calibrates.
 *
 * @param rows labelled rows that the errors are compared with
 * @param errors of these rows
 * @param cover of the windows of these rows
 * @param calibration of these windows, after the first 14 at most one of each hour, in the order of
 *     time; empty when the season is known
 * @param season null while it is not known
 * @param detector null before the first window after calibration
 */
public record ConceptMemory(
    long rows,
    long errors,
    SeasonCover cover,
    List<WindowErrors> calibration,
    @Nullable ErrorSeason season,
    @Nullable ConceptState detector) {
  /** Before the first window. */
  public static final ConceptMemory NONE =
      new ConceptMemory(0, 0, SeasonCover.NONE, List.of(), null, null);

  /** Copies the windows. */
  public ConceptMemory {
    calibration = List.copyOf(calibration);
  }

  /**
   * Before the first window of the stream.
   *
   * @param training errors of the training rows by window, in the order of time; empty: unknown
   */
  public static ConceptMemory of(List<WindowErrors> training) {
    ConceptMemory memory = NONE;
    for (WindowErrors each : training) {
      memory = memory.plus(each);
    }
    return memory;
  }

  /** With a window of the calibration; without change if it has no rows. */
  ConceptMemory plus(WindowErrors window) {
    if (window.rows() == 0) {
      return this;
    }
    List<WindowErrors> more = calibration;
    int kept = more.size();
    if (kept == 0
        || SeasonalForecast.addsTo(kept, more.get(kept - 1).startMillis(), window.startMillis())) {
      more = new ArrayList<>(calibration);
      more.add(window);
    }
    return new ConceptMemory(
        rows + window.rows(),
        errors + window.errors(),
        cover.plus(window.startMillis()),
        more,
        null,
        null);
  }

  /** When the calibration is complete. */
  ConceptMemory calibrated(long windowMillis) {
    return new ConceptMemory(
        rows,
        errors,
        cover,
        List.of(),
        ErrorSeason.of((double) errors / rows, calibration, windowMillis),
        null);
  }

  ConceptMemory with(ConceptState state) {
    return new ConceptMemory(rows, errors, cover, calibration, season, state);
  }
}
