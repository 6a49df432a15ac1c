package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.TestResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.WindowVerdict.CauseVerdict;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.ArrayList;
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

  private final DriftReport report;
  private final List<FeatureResult> results;
  private final WindowVerdict verdict;
  private final boolean counts;

  private WindowFindings(
      DriftReport report, List<FeatureResult> results, WindowVerdict verdict, boolean counts) {
    this.report = report;
    this.results = results;
    this.verdict = verdict;
    this.counts = counts;
  }

  /**
   * One finding for each of the {@link #CAUSES}. A feature that drifts by two causes is in both.
   *
   * @param results the features, in the order of the report
   * @param counts whether the window counts: one of the warm-up does not
   */
  static List<CauseFinding> of(
      DriftReport report, List<FeatureResult> results, WindowVerdict verdict, boolean counts) {
    WindowFindings findings = new WindowFindings(report, results, verdict, counts);
    return CAUSES.stream().map(findings::of).toList();
  }

  private CauseFinding of(Cause cause) {
    List<FeatureDrift> drifted = counts ? drifted(cause) : List.of();
    Map<String, Double> sizes = new LinkedHashMap<>();
    drifted.forEach(feature -> sizes.put(feature.getFeature(), size(feature)));
    return new CauseFinding(
        cause,
        report.getWindowStart().toEpochMilli(),
        report.getWindowEnd().toEpochMilli(),
        counts ? verdict(cause) : Verdict.INSUFFICIENT,
        sizes,
        List.copyOf(sizes.keySet()),
        summary(report, drifted),
        drifted,
        report.getId());
  }

  /** The figures in one line. */
  static String summary(DriftReport report, List<FeatureDrift> drifted) {
    return "%s; window %s to %s, %d predictions"
        .formatted(
            AlertMessages.describe(drifted),
            report.getWindowStart(),
            report.getWindowEnd(),
            report.getSamples());
  }

  private Verdict verdict(Cause cause) {
    if (verdict.verdict() == Verdict.INSUFFICIENT) {
      return Verdict.INSUFFICIENT;
    }
    CauseVerdict ofCause = verdict.causes().get(cause);
    return ofCause == null ? Verdict.OK : ofCause.verdict();
  }

  /** The features that an alarm of a cause names, the strongest effect first. */
  private List<FeatureDrift> drifted(Cause cause) {
    CauseVerdict ofCause = verdict.causes().get(cause);
    if (ofCause == null || ofCause.verdict() != Verdict.DRIFT) {
      return List.of();
    }
    List<FeatureDrift> drifted = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      if (ofCause.named().contains(results.get(i).feature())) {
        drifted.add(evidence(report.getFeatures().get(i), results.get(i), cause));
      }
    }
    drifted.sort(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed());
    return drifted;
  }

  /** The feature as the best test of one cause finds it. */
  private FeatureDrift evidence(FeatureDrift feature, FeatureResult result, Cause cause) {
    FeatureDrift.Builder evidence = FeatureDrift.newBuilder(feature).setCells(List.of());
    TestResult best = result.best(cause, report.getAlpha(), report.getMinEffect());
    if (best == null || best.test() == result.test()) {
      return evidence.build();
    }
    return evidence
        .setTest(DriftTest.valueOf(best.test().name()))
        .setStatistic(best.statistic())
        .setPValue(result.p(cause))
        .setJensenShannon(best.effect())
        .setDispersion(best.dispersion())
        .build();
  }

  /** The size of a feature's change, from 0 to 1. */
  static double size(FeatureDrift feature) {
    return Math.max(0, Math.min(1, feature.getJensenShannon()));
  }
}
