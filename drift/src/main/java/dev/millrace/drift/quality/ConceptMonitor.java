package dev.millrace.drift.quality;

import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ConceptEvidence;
import dev.millrace.drift.sequence.ConceptState;
import dev.millrace.drift.sequence.ErrorBatch;
import dev.millrace.drift.sequence.ErrorRate;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds lasting changes of the errors of one model version, window by window in the order of event
 * time. The parts of a window are its batches, so that the result depends on event times alone.
 *
 * <p>The errors of the training rows are the reference, if the profile has them. Without their
 * blocks of at least 14 windows, or without them at all, the first windows of the stream take their
 * place: until there are 14 windows the result is CALIBRATING.
 */
public final class ConceptMonitor implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The share of the budget of false alarms that changes of errors may take. */
  private static final double PART_OF_BUDGET = 0.05;

  private final double thresholdWindows;
  private final long windowMillis;

  /**
   * @param alpha probability of a false alarm that the budget grants to one window
   * @param windowMillis length of a window
   */
  public ConceptMonitor(double alpha, long windowMillis) {
    this.thresholdWindows = 1 / (alpha * PART_OF_BUDGET);
    this.windowMillis = windowMillis;
  }

  /**
   * The result after a window, and the state.
   *
   * @param result as of the window's end
   * @param memory for the next window
   */
  public record Step(ConceptResult result, ConceptMemory memory) {}

  /** The result where no decisions are made. */
  public static ConceptResult notMonitored() {
    return result(ConceptStatus.NOT_MONITORED).build();
  }

  /** Adds the next window. */
  public Step next(ConceptMemory memory, long startMillis, PartCounts parts) {
    WindowErrors window = parts.sum();
    if (memory.dispersion() > 0) {
      return detect(memory, startMillis, parts);
    }
    if (window.rows() == 0) {
      return new Step(calibrating(memory), memory);
    }
    List<WindowErrors> calibration = new ArrayList<>(memory.calibration());
    calibration.add(window);
    boolean complete = calibration.size() >= WindowDispersion.LEAST_WINDOWS;
    WindowErrors known = memory.reference();
    ConceptMemory after =
        new ConceptMemory(
            new WindowErrors(known.rows() + window.rows(), known.errors() + window.errors()),
            complete ? WindowDispersion.of(calibration) : 0,
            complete ? List.of() : calibration,
            null);
    return new Step(calibrating(after), after);
  }

  private Step detect(ConceptMemory memory, long startMillis, PartCounts parts) {
    ErrorRate reference = new ErrorRate(memory.reference().rows(), memory.reference().errors());
    ConceptState state = memory.detector();
    ConceptDetector detector =
        state == null
            ? new ConceptDetector(reference, thresholdWindows, memory.dispersion())
            : new ConceptDetector(reference, thresholdWindows, memory.dispersion(), state);
    for (int part = 0; part < PartCounts.PARTS; part++) {
      long partMillis = startMillis + windowMillis * part / PartCounts.PARTS;
      detector.add(
          new ErrorBatch(partMillis, 1.0 / PartCounts.PARTS, parts.rows(part), parts.errors(part)));
    }
    ConceptMemory after =
        new ConceptMemory(memory.reference(), memory.dispersion(), List.of(), detector.state());
    return new Step(result(after, detector.evidence()), after);
  }

  private ConceptResult result(ConceptMemory memory, ConceptEvidence evidence) {
    ConceptResult.Builder result =
        result(evidence.drift() ? ConceptStatus.DRIFT : ConceptStatus.OK)
            .setStatistic(evidence.statistic())
            .setThreshold(evidence.threshold())
            .setErrorBefore(evidence.before())
            .setErrorSince(evidence.since())
            .setOddsRatio(evidence.oddsRatio())
            .setDispersion(memory.dispersion())
            .setReferenceLabels(memory.reference().rows());
    if (evidence.labels() > 0) {
      result
          .setDirection(ConceptDirection.valueOf(evidence.direction().name()))
          .setSince(Instant.ofEpochMilli(evidence.sinceMillis()));
    }
    return result.build();
  }

  private ConceptResult calibrating(ConceptMemory memory) {
    WindowErrors known = memory.reference();
    double rate = known.rows() == 0 ? 0 : (double) known.errors() / known.rows();
    int missing = WindowDispersion.LEAST_WINDOWS - memory.calibration().size();
    return result(ConceptStatus.CALIBRATING)
        .setThreshold(thresholdWindows)
        .setErrorBefore(rate)
        .setErrorSince(rate)
        .setReferenceLabels(known.rows())
        .setDispersion(Math.max(1, memory.dispersion()))
        .setWindowsMissing(memory.dispersion() > 0 ? 0 : missing)
        .build();
  }

  private static ConceptResult.Builder result(ConceptStatus status) {
    return ConceptResult.newBuilder()
        .setState(status)
        .setDirection(ConceptDirection.NONE)
        .setStatistic(0)
        .setThreshold(0)
        .setErrorBefore(0)
        .setErrorSince(0)
        .setOddsRatio(1)
        .setDispersion(1)
        .setReferenceLabels(0)
        .setWindowsMissing(0);
  }
}
