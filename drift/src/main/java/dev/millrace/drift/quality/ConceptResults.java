package dev.millrace.drift.quality;

import dev.millrace.drift.sequence.ConceptEvidence;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import java.time.Instant;

/** The results that quality reports have of concept drift. */
final class ConceptResults {
  private ConceptResults() {}

  /** The result where labels are of two classes and no decisions are made. */
  static ConceptResult notMonitored() {
    return result(ConceptStatus.NOT_MONITORED).build();
  }

  /**
   * The result of a window of the calibration.
   *
   * @param threshold of the detector
   * @param error mean error of the windows so far; 0: not reported
   * @param labels of these windows
   * @param missing windows until the calibration is complete
   */
  static ConceptResult calibrating(double threshold, double error, long labels, int missing) {
    return result(ConceptStatus.CALIBRATING)
        .setThreshold(threshold)
        .setErrorBefore(error)
        .setErrorSince(error)
        .setReferenceLabels(labels)
        .setWindowsMissing(missing)
        .build();
  }

  /**
   * The result of a window after the calibration.
   *
   * @param unit the error at which that of the detector is 1
   * @param ratio of the errors since the change to those before
   * @param dispersion of the calm windows
   * @param labels of the reference
   */
  static ConceptResult of(
      ConceptEvidence evidence, double unit, double ratio, double dispersion, long labels) {
    ConceptResult.Builder result =
        result(evidence.drift() ? ConceptStatus.DRIFT : ConceptStatus.OK)
            .setStatistic(evidence.statistic())
            .setThreshold(evidence.threshold())
            .setErrorBefore(evidence.before() * unit)
            .setErrorSince(evidence.since() * unit)
            .setOddsRatio(ratio)
            .setDispersion(dispersion)
            .setReferenceLabels(labels);
    if (evidence.labels() > 0) {
      result
          .setDirection(ConceptDirection.valueOf(evidence.direction().name()))
          .setSince(Instant.ofEpochMilli(evidence.sinceMillis()));
    }
    return result.build();
  }

  /**
   * Makes the result of a calibration a warning if the errors of its window are a change.
   *
   * @param compared the window alone, with the windows before it as the reference
   */
  static void warn(ConceptResult calibrating, ConceptResult compared) {
    if (compared.getState() == ConceptStatus.DRIFT) {
      calibrating.setState(ConceptStatus.WARNING);
      calibrating.setDirection(compared.getDirection());
      calibrating.setStatistic(compared.getStatistic());
      calibrating.setErrorBefore(compared.getErrorBefore());
      calibrating.setErrorSince(compared.getErrorSince());
      calibrating.setOddsRatio(compared.getOddsRatio());
      calibrating.setDispersion(compared.getDispersion());
      calibrating.setSince(compared.getSince());
    }
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
