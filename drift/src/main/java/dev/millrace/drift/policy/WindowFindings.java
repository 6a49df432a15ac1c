package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.WindowVerdict.CauseVerdict;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.Comparator;
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
  static List<CauseFinding> of(DriftReport report, WindowVerdict window, boolean counts) {
    return CAUSES.stream().map(cause -> of(cause, report, verdict(cause, window, counts))).toList();
  }

  /** A cause that was not tested in a window with tests is OK. */
  private static CauseVerdict verdict(Cause cause, WindowVerdict window, boolean counts) {
    if (!counts || window.verdict() == Verdict.INSUFFICIENT) {
      return new CauseVerdict(Verdict.INSUFFICIENT, List.of());
    }
    return window.causes().getOrDefault(cause, new CauseVerdict(Verdict.OK, List.of()));
  }

  private static CauseFinding of(Cause cause, DriftReport report, CauseVerdict verdict) {
    List<FeatureDrift> drifted =
        verdict.verdict() == Verdict.DRIFT
            ? report.getFeatures().stream()
                .filter(each -> verdict.named().contains(each.getFeature()))
                .sorted(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed())
                .toList()
            : List.of();
    Map<String, Double> sizes = new LinkedHashMap<>();
    drifted.forEach(feature -> sizes.put(feature.getFeature(), size(feature)));
    return new CauseFinding(
        cause,
        report.getWindowStart().toEpochMilli(),
        report.getWindowEnd().toEpochMilli(),
        verdict.verdict(),
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

  /** The size of a feature's change, from 0 to 1. */
  static double size(FeatureDrift feature) {
    return Math.max(0, Math.min(1, feature.getJensenShannon()));
  }
}
