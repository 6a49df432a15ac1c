package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ConceptEvidence;
import dev.millrace.drift.sequence.ErrorRate;
import dev.millrace.schemas.avro.ConceptResult;
import java.io.Serializable;

/**
 * Finds lasting changes of the errors of one model version, window by window in the order of event
 * time. The parts of a window are its batches, so that the result depends on event times alone.
 *
 * <p>The errors of the training rows are the reference, if the profile has them. Without those of
 * enough windows, or without them at all, the first windows of the stream take their place: until
 * there are 14 windows, and windows of a whole season, the result is CALIBRATING, or WARNING where
 * one window alone would be a change among the windows before it.
 */
public final class ConceptMonitor implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Fewer windows hardly show how much their errors vary. */
  static final int LEAST_WINDOWS = 14;

  private final double thresholdWindows;
  private final CalmSpan span;

  /**
   * @param alpha probability of a false alarm in one window, the cause's share of the budget
   * @param span length of a window, and of calm windows
   */
  public ConceptMonitor(double alpha, CalmSpan span) {
    this.thresholdWindows = 1 / alpha;
    this.span = span;
  }

  /**
   * The result after a window, and the state.
   *
   * @param result as of the window's end
   * @param memory for the next window
   */
  public record Step(ConceptResult result, ConceptMemory memory) {}

  /** The result where labels are of two classes and no decisions are made. */
  public static ConceptResult notMonitored() {
    return ConceptResults.notMonitored();
  }

  /** Adds the next window. */
  public Step next(ConceptMemory memory, long startMillis, PartCounts parts) {
    ErrorSeason season = memory.season();
    if (season != null) {
      return detect(memory, season, startMillis, parts);
    }
    if (memory.cover().suffices(startMillis, span, LEAST_WINDOWS)) {
      return next(memory.calibrated(span.windowMillis()), startMillis, parts);
    }
    ConceptMemory after = memory.plus(parts.sum(startMillis));
    ConceptResult result = calibrating(after, startMillis + span.windowMillis());
    if (memory.cover().windows() >= LEAST_WINDOWS) {
      ConceptResults.warn(
          result, next(memory.calibrated(span.windowMillis()), startMillis, parts).result());
    }
    return new Step(result, after);
  }

  private Step detect(
      ConceptMemory memory, ErrorSeason season, long startMillis, PartCounts parts) {
    int unit = season.parts();
    ErrorRate reference = new ErrorRate(memory.rows() * unit, memory.errors() * unit);
    ConceptDetector detector = season.detector(reference, thresholdWindows, memory.detector());
    for (int part = 0; part < PartCounts.PARTS; part++) {
      long partMillis = startMillis + span.windowMillis() * part / PartCounts.PARTS;
      detector.add(
          season.batch(
              reference, partMillis, 1.0 / PartCounts.PARTS, parts.rows(part), parts.errors(part)));
    }
    ConceptMemory after = memory.with(detector.state());
    ConceptEvidence evidence = detector.evidence();
    return new Step(
        ConceptResults.of(
            evidence, reference.unit(), evidence.oddsRatio(), season.dispersion(), memory.rows()),
        after);
  }

  private ConceptResult calibrating(ConceptMemory memory, long nextMillis) {
    return ConceptResults.calibrating(
        thresholdWindows,
        memory.rows() == 0 ? 0 : (double) memory.errors() / memory.rows(),
        memory.rows(),
        memory.cover().missing(nextMillis, span, LEAST_WINDOWS));
  }
}
