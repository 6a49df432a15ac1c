package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ConceptEvidence;
import dev.millrace.drift.sequence.LossLevels;
import dev.millrace.schemas.avro.ConceptResult;
import java.io.Serializable;

/**
 * Finds lasting changes of the absolute errors of a regression, window by window in the order of
 * event time, as {@link ConceptMonitor} does with wrong decisions. The errors of the training rows
 * are the reference, if the profile has them. Without those of enough windows, or without them at
 * all, the first windows of the stream take their place: until there are 14, of a whole season, the
 * result is CALIBRATING or WARNING. They cut the levels of the errors. A window is one batch: a
 * change is reported with a window, and cells of its parts would take 64 times the state.
 */
public final class LossMonitor implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double thresholdWindows;
  private final CalmSpan span;

  /**
   * @param alpha probability of a false alarm in one window, the cause's share of the budget
   * @param span length of a window, and of calm windows
   */
  public LossMonitor(double alpha, CalmSpan span) {
    this.thresholdWindows = 1 / alpha;
    this.span = span;
  }

  /**
   * The result after a window, and the state.
   *
   * @param result as of the window's end
   * @param memory for the next window
   */
  public record Step(ConceptResult result, LossMemory memory) {}

  /** Adds the next window. */
  public Step next(LossMemory memory, long startMillis, LossCounts losses) {
    LossLevels levels = memory.levels();
    ErrorSeason season = memory.season();
    if (levels != null && season != null) {
      return detect(memory, levels, season, startMillis, losses);
    }
    if (memory.cover().suffices(startMillis, span, ConceptMonitor.LEAST_WINDOWS)) {
      return next(memory.calibrated(span.windowMillis()), startMillis, losses);
    }
    LossMemory after = memory.plus(startMillis, losses);
    ConceptResult result = calibrating(after, startMillis + span.windowMillis());
    if (memory.cover().windows() >= ConceptMonitor.LEAST_WINDOWS) {
      ConceptResults.warn(
          result, next(memory.calibrated(span.windowMillis()), startMillis, losses).result());
    }
    return new Step(result, after);
  }

  private Step detect(
      LossMemory memory,
      LossLevels levels,
      ErrorSeason season,
      long startMillis,
      LossCounts losses) {
    LossLevels reference = levels.times(season.parts());
    ConceptDetector detector = season.detector(reference, thresholdWindows, memory.detector());
    detector.add(season.batch(reference, startMillis, 1, losses.rows(), losses.sum(levels)));
    LossMemory after = memory.with(detector.state());
    ConceptEvidence evidence = detector.evidence();
    return new Step(
        ConceptResults.of(
            evidence,
            levels.limit(),
            evidence.since() / evidence.before(),
            season.dispersion(),
            (long) levels.labels()),
        after);
  }

  private ConceptResult calibrating(LossMemory memory, long nextMillis) {
    return ConceptResults.calibrating(
        thresholdWindows,
        0,
        memory.calibration().stream().mapToLong(each -> each.counts().rows()).sum(),
        memory.cover().missing(nextMillis, span, ConceptMonitor.LEAST_WINDOWS));
  }
}
