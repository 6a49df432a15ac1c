package dev.millrace.drift.policy;

import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is published about each window of one model. The same windows in the same order give
 * the same reports, alerts and triggers, with the same ids. Not thread-safe.
 */
public final class DriftMonitor {
  private final ModelReference reference;
  private final Drift drift;
  private final TumblingWindows windows;
  private final long warmUpMillis;
  private final AlarmBudget budget;
  private final ReportBuilder reports;
  private final AlertBuilder alerts;
  private final RetrainingPolicy retraining;
  private final TreeMap<Long, WindowTotals> open;
  private ModelStatus status;
  private WarmUp warmUp;
  private AvailableData available;
  private List<DriftReport> evidence;
  private @Nullable Alert alert;
  private boolean repeatsAlert;

  /**
   * @param warmUp the time that the features' windows take to fill: report windows that begin
   *     before that are reported as WARMUP, and never as drift
   * @param kept state of an earlier run
   * @param restored whether there was an earlier run: the first window repeats its last alert,
   *     since that run may have published another one after its last checkpoint
   */
  public DriftMonitor(
      ModelReference reference,
      Drift drift,
      RetrainingPolicy retraining,
      Duration warmUp,
      MonitorState kept,
      boolean restored) {
    this.reference = reference;
    this.drift = drift;
    this.retraining = retraining;
    this.windows = TumblingWindows.of(drift.window());
    this.warmUpMillis = warmUp.toMillis();
    this.budget = AlarmBudget.of(drift, reference.features().size());
    this.reports = new ReportBuilder(reference, drift, budget.perFeature());
    this.alerts = new AlertBuilder(reference);
    this.open = new TreeMap<>(kept.open());
    this.status = kept.status() == null ? ModelStatus.of(reference.id()) : kept.status();
    this.warmUp = kept.warmUp();
    this.available = kept.available();
    this.evidence = kept.evidence();
    this.alert = kept.alert();
    this.repeatsAlert = restored;
  }

  /** Whether the kept state belongs to another reference; see {@link #replaceReference}. */
  public boolean isOfOtherReference() {
    return !status.reference().equals(reference.id());
  }

  /**
   * Starts again with this reference: verdict, episode and evidence of the other one are dropped.
   *
   * @param startMillis of the first window of this reference
   * @return the alert that resolves a firing one
   */
  public @Nullable Alert replaceReference(long startMillis, long nowMillis) {
    boolean sameModel = status.reference().modelVersion().equals(reference.version());
    status = status.replacedBy(reference.id());
    evidence = List.of();
    if (sameModel) {
      available = available.withoutDrift();
    } else {
      open.clear();
      available = AvailableData.NONE;
    }
    Alert firing = alert;
    return firing != null && firing.getStatus() == AlertStatus.FIRING
        ? published(alerts.replaced(firing, Instant.ofEpochMilli(startMillis), nowMillis))
        : null;
  }

  /**
   * Adds predictions and labels of one window.
   *
   * @return false if the window has been reported; its late predictions are counted in the next
   *     report
   */
  public boolean add(WindowTotals counts, long watermarkMillis) {
    long startMillis = counts.fromMillis();
    boolean reported = windows.endMillis(startMillis) <= status.closedMillis();
    if (reported) {
      available = available.plusLate(counts, status.triggerMillis());
    } else {
      open.merge(startMillis, counts, WindowTotals::plus);
    }
    boolean late = reported || windows.isClosed(startMillis, watermarkMillis);
    if (late) {
      status = status.withLate(counts.predictions());
    }
    return !late;
  }

  /**
   * Decides about a window that has closed; windows close in order.
   *
   * @param counts of its predictions
   * @param results one for each feature
   * @param nowMillis wall clock
   */
  public WindowDecision close(
      long startMillis, WindowCounts counts, List<FeatureResult> results, long nowMillis) {
    addOlderThan(startMillis);
    WindowTotals inWindow = Objects.requireNonNull(open.remove(startMillis));
    warmUp = warmUp.next(startMillis, counts.samples(), drift.minSamples());
    boolean warmingUp = warmUp.covers(startMillis, warmUpMillis);
    WindowVerdict verdict = WindowVerdict.of(results, budget, drift.minEffect());
    Verdict counted = warmingUp ? Verdict.INSUFFICIENT : verdict.verdict();
    EpisodeState before = status.state();
    EpisodeState after =
        before.next(counted, Instant.ofEpochMilli(startMillis), EpisodeState.RECOVERY_WINDOWS);
    DriftReport report = reports.of(startMillis, counts, status.late(), results, verdict, after);
    if (warmingUp) {
      report.setState(DriftState.WARMUP);
    }
    long endMillis = windows.endMillis(startMillis);
    status = status.after(after, endMillis);
    evidence = evidence(report, counted);
    available = available.plus(inWindow, !evidence.isEmpty());
    Alert changed = alert(before, after, report, nowMillis);
    RetrainingPolicy.Decision decision =
        retraining.decide(status, evidence, available, endMillis, nowMillis);
    report.setRetraining(decision.retraining());
    if (decision.trigger() != null) {
      status = status.afterTrigger(status.triggered().plus(evidence), endMillis);
      evidence = List.of();
      available = AvailableData.NONE;
    }
    return new WindowDecision(report, publishedOrRepeated(changed), decision.trigger());
  }

  /** The state to restore after a restart. */
  public MonitorState state() {
    return new MonitorState(status, warmUp, available, open, evidence, alert);
  }

  /** Adds the windows without predictions before the one that is closing: they did not close. */
  private void addOlderThan(long startMillis) {
    List<WindowTotals> older = new ArrayList<>(open.headMap(startMillis).values());
    open.headMap(startMillis).clear();
    for (WindowTotals counts : older) {
      available = available.plusLate(counts, status.triggerMillis());
    }
  }

  private List<DriftReport> evidence(DriftReport report, Verdict verdict) {
    if (!status.state().firing()) {
      return retraining.kept(evidence, status.closedMillis());
    }
    return verdict == Verdict.DRIFT
        ? retraining.evidence(evidence, report, status.triggered())
        : evidence;
  }

  private @Nullable Alert alert(
      EpisodeState before, EpisodeState after, DriftReport report, long nowMillis) {
    Instant began = after.since();
    if (began != null && after.firedSince(before)) {
      return alerts.firing(status.episode(), began, report, nowMillis);
    }
    Instant ended = before.since();
    return ended != null && after.resolvedSince(before)
        ? alerts.resolved(status.episode(), ended, report, nowMillis)
        : null;
  }

  private @Nullable Alert publishedOrRepeated(@Nullable Alert changed) {
    Alert due = changed == null && repeatsAlert ? alert : changed;
    return due == null ? null : published(due);
  }

  private Alert published(Alert due) {
    repeatsAlert = false;
    alert = due;
    return due;
  }
}
