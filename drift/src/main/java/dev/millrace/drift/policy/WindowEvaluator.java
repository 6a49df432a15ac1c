package dev.millrace.drift.policy;

import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.FeatureComparison;
import dev.millrace.drift.policy.WindowVerdict;
import dev.millrace.drift.profile.Reference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a closed window means. A function of what it is given: the same windows in the same
 * order give the same reports, alerts and triggers, with the same ids.
 */
final class WindowEvaluator {
  private final List<Reference> references;
  private final AlarmBudget significance;
  private final double minEffect;
  private final FeatureComparison test;
  private final ReportBuilder reports;
  private final AlertBuilder alerts;
  private final RetrainingPolicy triggers;

  WindowEvaluator(ReferenceSet baseline, Drift drift, RetrainingPolicy triggers) {
    this.references = baseline.references();
    this.significance =
        AlarmBudget.of(
            drift.falseAlarms().alarms(),
            drift.falseAlarms().per(),
            drift.window(),
            references.size());
    this.minEffect = drift.minEffect();
    this.test = new FeatureComparison(significance.perFeature(), drift.minEffect(), drift.minSamples());
    this.reports = new ReportBuilder(baseline, drift, significance.perFeature());
    this.alerts = new AlertBuilder(baseline);
    this.triggers = triggers;
  }

  /**
   * What is known when a window closes.
   *
   * @param standing after the window before
   * @param startMillis of this window
   * @param warmingUp whether the features' windows were not full yet: they differ from those of
   *     training, and that is no drift
   * @param counts its predictions
   * @param evidence reports of drifted windows that no trigger has told of yet
   * @param available to train on, of the windows before
   * @param served in this window
   * @param nowMillis wall clock
   */
  record Closing(
      ModelStatus standing,
      long startMillis,
      boolean warmingUp,
      WindowCounts counts,
      List<DriftReport> evidence,
      AvailableData available,
      PredictionCounts served,
      long nowMillis) {}

  /**
   * What follows from a window.
   *
   * @param standing from here on
   * @param evidence drifted windows that no trigger has told of, of the episode under way, or of
   *     one whose labels are awaited
   * @param available to train on from here on
   */
  record Decision(
      ModelStatus standing,
      DriftReport report,
      @Nullable Alert alert,
      @Nullable RetrainingTrigger trigger,
      List<DriftReport> evidence,
      AvailableData available) {}

  List<Reference> references() {
    return references;
  }

  AlertBuilder alerts() {
    return alerts;
  }

  Decision decide(Closing window) {
    List<FeatureResult> results = results(window.counts());
    WindowVerdict verdict = WindowVerdict.of(results, significance, minEffect);
    Verdict called = window.warmingUp() ? Verdict.INSUFFICIENT : verdict.verdict();
    EpisodeState before = window.standing().state();
    EpisodeState after =
        before.next(
            called, Instant.ofEpochMilli(window.startMillis()), EpisodeState.RECOVERY_WINDOWS);
    DriftReport report = reports.of(window, results, verdict, after);
    if (window.warmingUp()) {
      report.setState(dev.millrace.schemas.avro.DriftState.WARMUP);
    }
    long end = report.getWindowEnd().toEpochMilli();
    ModelStatus standing = window.standing().after(after, end);
    List<DriftReport> evidence = evidence(window.evidence(), report, called, standing);
    AvailableData available = window.available().and(window.served(), !evidence.isEmpty());
    Alert alert = alert(before, after, standing.episode(), report, window.nowMillis());

    RetrainingPolicy.Answer answer = triggers.ask(standing, evidence, available, end, window.nowMillis());
    report.setRetraining(answer.retraining());
    return answer.trigger() == null
        ? new Decision(standing, report, alert, null, evidence, available)
        : new Decision(
            standing.triggered(standing.told().and(evidence), end),
            report,
            alert,
            answer.trigger(),
            List.of(),
            AvailableData.NOTHING);
  }

  private List<FeatureResult> results(WindowCounts counts) {
    List<FeatureResult> results = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      results.add(test.test(references.get(i), counts.profile(i)));
    }
    return results;
  }

  private List<DriftReport> evidence(
      List<DriftReport> before, DriftReport report, Verdict verdict, ModelStatus standing) {
    if (!standing.state().firing()) {
      return triggers.kept(before, standing.closedMillis());
    }
    return verdict == Verdict.DRIFT ? triggers.evidence(before, report, standing.told()) : before;
  }

  private @Nullable Alert alert(
      EpisodeState before, EpisodeState after, int episode, DriftReport report, long nowMillis) {
    Instant since = after.since();
    if (since != null && after.firedSince(before)) {
      return alerts.firing(episode, since, report, nowMillis);
    }
    return after.resolvedSince(before)
        ? alerts.resolved(episode, AlertBuilder.since(before), report, nowMillis)
        : null;
  }
}
