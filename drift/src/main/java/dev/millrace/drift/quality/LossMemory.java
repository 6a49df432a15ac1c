package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.SeasonCover;
import dev.millrace.drift.calibration.SeasonalForecast;
import dev.millrace.drift.sequence.ConceptState;
import dev.millrace.drift.sequence.LossLevels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link LossMonitor}: 6 KB, and at most 0.2 MB while it calibrates.
 *
 * @param cover of the windows of the calibration
 * @param calibration these windows, in the order of time; after the first 14, those of one hour are
 *     added up; empty when the levels are known
 * @param levels null while they are not known
 * @param season null while it is not known
 * @param detector null before the first window after calibration
 */
public record LossMemory(
    SeasonCover cover,
    List<WindowLosses> calibration,
    @Nullable LossLevels levels,
    @Nullable ErrorSeason season,
    @Nullable ConceptState detector) {
  /** Before the first window. */
  public static final LossMemory NONE =
      new LossMemory(SeasonCover.NONE, List.of(), null, null, null);

  /** Copies the windows. */
  public LossMemory {
    calibration = List.copyOf(calibration);
  }

  /**
   * Before the first window of the stream.
   *
   * @param training losses of the training rows by window, in the order of time; empty: unknown
   */
  public static LossMemory of(List<WindowLosses> training) {
    LossMemory memory = NONE;
    for (WindowLosses each : training) {
      memory = memory.plus(each.startMillis(), each.counts());
    }
    return memory;
  }

  /** With a window of the calibration; without change if it has no rows. */
  LossMemory plus(long startMillis, LossCounts losses) {
    if (losses.rows() == 0) {
      return this;
    }
    List<WindowLosses> more = new ArrayList<>(calibration);
    int last = more.size() - 1;
    if (more.isEmpty()
        || SeasonalForecast.addsTo(more.size(), more.get(last).startMillis(), startMillis)) {
      more.add(WindowLosses.of(startMillis, losses));
    } else {
      LossCounts sum = more.get(last).counts();
      sum.add(losses);
      more.set(last, WindowLosses.of(more.get(last).startMillis(), sum));
    }
    return new LossMemory(cover.plus(startMillis), more, null, null, null);
  }

  /** When the calibration is complete. */
  LossMemory calibrated(long windowMillis) {
    LossCounts sum = new LossCounts();
    calibration.forEach(each -> sum.add(each.counts()));
    LossLevels reference = sum.levels();
    return new LossMemory(
        cover, List.of(), reference, ErrorSeason.of(reference, calibration, windowMillis), null);
  }

  LossMemory with(ConceptState state) {
    return new LossMemory(cover, calibration, levels, season, state);
  }
}
