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

  private static final dev.millrace.schemas.avro.Verdict ALARM =
      dev.millrace.schemas.avro.Verdict.DRIFT;
  private static final dev.millrace.schemas.avro.Verdict NAMED =
      dev.millrace.schemas.avro.Verdict.WARNING;

  /** Features that are an alarm by themselves, then the others that an alarm names. */
  static final Comparator<FeatureDrift> LARGEST_FIRST =
      Comparator.comparing((FeatureDrift feature) -> !isAlarm(feature))
          .thenComparing(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed());

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
        report.getId(),
        Set.of(),
        report.getWindowStart().toEpochMilli());
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

  /** The features that an alarm of a cause names, those that are an alarm by themselves first. */
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
    drifted.sort(LARGEST_FIRST);
    return drifted;
  }

  /**
   * The feature as the best test of one cause finds it. Its verdict is WARNING if only the alarm of
   * another feature makes its difference significant.
   */
  private FeatureDrift evidence(FeatureDrift feature, FeatureResult result, Cause cause) {
    FeatureDrift.Builder evidence =
        FeatureDrift.newBuilder(feature)
            .setCells(List.of())
            .setVerdict(result.drifted().contains(cause) ? ALARM : NAMED);
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

  /** Whether a feature of an alarm's evidence is an alarm by itself. */
  static boolean isAlarm(FeatureDrift feature) {
    return feature.getVerdict() == ALARM;
  }

  /** The size of a feature's change, from 0 to 1. */
  static double size(FeatureDrift feature) {
    return Math.max(0, Math.min(1, feature.getJensenShannon()));
  }
}
