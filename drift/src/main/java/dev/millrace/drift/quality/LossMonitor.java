package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ConceptEvidence;
import dev.millrace.drift.sequence.ConceptState;
import dev.millrace.drift.sequence.LossLevels;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import java.io.Serializable;
import java.time.Instant;

/**
 * Finds lasting changes of the absolute errors of a regression, window by window in the order of
 * event time, as {@link ConceptMonitor} does with wrong decisions. The first windows of the stream
 * are the reference: until there are 14, of a whole season, the result is CALIBRATING or WARNING.
 * They cut the levels of the errors. A window is one batch: a change is reported with a window, and
 * cells of its parts would take 64 times the state.
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
      ConceptMonitor.warn(
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
    double dispersion = season.dispersionOfParts();
    ConceptState state = memory.detector();
    ConceptDetector detector =
        state == null
            ? new ConceptDetector(reference, thresholdWindows, dispersion)
            : new ConceptDetector(reference, thresholdWindows, dispersion, state);
    detector.add(season.batch(reference, startMillis, 1, losses.rows(), losses.sum(levels)));
    LossMemory after = memory.with(detector.state());
    return new Step(result(levels, season, detector.evidence()), after);
  }

  private ConceptResult result(LossLevels levels, ErrorSeason season, ConceptEvidence evidence) {
    ConceptResult.Builder result =
        ConceptMonitor.result(evidence.drift() ? ConceptStatus.DRIFT : ConceptStatus.OK)
            .setStatistic(evidence.statistic())
            .setThreshold(evidence.threshold())
            .setErrorBefore(evidence.before() * levels.limit())
            .setErrorSince(evidence.since() * levels.limit())
            .setOddsRatio(evidence.since() / evidence.before())
            .setDispersion(season.dispersion())
            .setReferenceLabels((long) levels.labels());
    if (evidence.labels() > 0) {
      result
          .setDirection(ConceptDirection.valueOf(evidence.direction().name()))
          .setSince(Instant.ofEpochMilli(evidence.sinceMillis()));
    }
    return result.build();
  }

  private ConceptResult calibrating(LossMemory memory, long nextMillis) {
    return ConceptMonitor.result(ConceptStatus.CALIBRATING)
        .setThreshold(thresholdWindows)
        .setReferenceLabels(
            memory.calibration().stream().mapToLong(each -> each.counts().rows()).sum())
        .setWindowsMissing(memory.cover().missing(nextMillis, span, ConceptMonitor.LEAST_WINDOWS))
        .build();
  }
}
