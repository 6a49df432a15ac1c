package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.Reference;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Splits the verdict of a window by cause. */
final class WindowFindings {
  /** The causes that are decided when a window of predictions closes. */
  static final Set<Cause> CAUSES = EnumSet.range(Cause.DATA, Cause.FRESHNESS);

  private WindowFindings() {}

  /**
   * One finding for each of the {@link #CAUSES}.
   *
   * @param counts whether the window counts: one of the warm-up does not
   */
  static List<CauseFinding> of(DriftReport report, boolean counts) {
    return CAUSES.stream().map(cause -> of(cause, report, counts)).toList();
  }

  private static CauseFinding of(Cause cause, DriftReport report, boolean counts) {
    List<FeatureDrift> drifted =
        counts
            ? ReportBuilder.drifted(report).stream().filter(each -> cause(each) == cause).toList()
            : List.of();
    Map<String, Double> sizes = new LinkedHashMap<>();
    drifted.forEach(feature -> sizes.put(feature.getFeature(), size(feature)));
    return new CauseFinding(
        cause,
        report.getWindowStart().toEpochMilli(),
        report.getWindowEnd().toEpochMilli(),
        counts ? verdict(cause, report, drifted) : dev.millrace.drift.detect.Verdict.INSUFFICIENT,
        sizes,
        "%s; window %s to %s, %d predictions"
            .formatted(
                AlertMessages.describe(drifted),
                report.getWindowStart(),
                report.getWindowEnd(),
                report.getSamples()),
        drifted,
        report.getId());
  }

  private static dev.millrace.drift.detect.Verdict verdict(
      Cause cause, DriftReport report, List<FeatureDrift> drifted) {
    if (report.getVerdict() == Verdict.INSUFFICIENT) {
      return dev.millrace.drift.detect.Verdict.INSUFFICIENT;
    }
    if (!drifted.isEmpty()) {
      return dev.millrace.drift.detect.Verdict.DRIFT;
    }
    boolean warned =
        report.getFeatures().stream()
            .anyMatch(each -> each.getVerdict() == Verdict.WARNING && cause(each) == cause);
    return warned
        ? dev.millrace.drift.detect.Verdict.WARNING
        : dev.millrace.drift.detect.Verdict.OK;
  }

  /** The size of a feature's change, from 0 to 1. */
  static double size(FeatureDrift feature) {
    return Math.max(0, Math.min(1, feature.getJensenShannon()));
  }

  /** What the feature's test is evidence of. */
  static Cause cause(FeatureDrift feature) {
    return switch (feature.getTest()) {
      case NULL_SHARE, NAN_SHARE, INFINITE_SHARE, WRONG_TYPE_SHARE -> Cause.DATA_QUALITY;
      case UNSEEN_SHARE -> Cause.UNSEEN_CATEGORIES;
      default -> feature.getFeature().equals(Reference.SCORE) ? Cause.PREDICTION : Cause.DATA;
    };
  }
}
