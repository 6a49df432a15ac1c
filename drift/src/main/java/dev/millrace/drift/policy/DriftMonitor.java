package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.detect.WindowComparison;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is published about each window of one model. The same windows and signals in the
 * same order give the same reports, alerts and triggers, with the same ids. Not thread-safe.
 */
public final class DriftMonitor {
  private final ModelReference reference;
  private final Drift drift;
  private final TumblingWindows windows;
  private final long warmUpMillis;
  private final AlarmBudget budget;
  private final ReportBuilder reports;
  private final RetrainingPolicy retraining;
  private final Episodes episodes;
  private final TreeMap<Long, WindowTotals> open;
  private ModelStatus status;
  private WindowComparison.Outcome outcome = WindowComparison.Outcome.NOT_COMPARABLE;
  private WarmUp warmUp;
  private AvailableData available;
  private List<WindowEvidence> evidence;

  /**
   * @param warmUp the time that the features' windows take to fill: report windows that begin
   *     before that are reported as WARMUP, and never as drift
   * @param kept state of an earlier run
   * @param restored whether there was an earlier run: the first window repeats its last alerts,
   *     since that run may have published others after its last checkpoint
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
    this.open = new TreeMap<>(kept.open());
    this.status = kept.status() == null ? ModelStatus.of(reference.id()) : kept.status();
    this.episodes =
        new Episodes(
            reference, EpisodeState.RECOVERY_WINDOWS, status.causes(), kept.alerts(), restored);
    this.warmUp = kept.warmUp();
    this.available = kept.available();
    this.evidence = kept.evidence();
  }

  /** Whether the features' windows had filled before a window. */
  public boolean isWarm(long startMillis) {
    return warmUp.beganMillis() != null && !warmUp.covers(startMillis, warmUpMillis);
  }

  /** Whether the kept state belongs to another reference; see {@link #replaceReference}. */
  public boolean isOfOtherReference() {
    return !status.reference().equals(reference.id());
  }

  /**
   * Starts again with this reference: verdicts, episodes and evidence of the other one are dropped.
   *
   * @param startMillis of the first window of this reference
   * @return the alerts that resolve firing ones
   */
  public List<Alert> replaceReference(long startMillis, long nowMillis) {
    boolean sameModel = status.reference().modelVersion().equals(reference.version());
    List<Alert> resolved = episodes.restart(Instant.ofEpochMilli(startMillis), nowMillis);
    status = status.replacedBy(reference.id(), episodes);
    evidence = List.of();
    if (sameModel) {
      available = available.withoutDrift();
    } else {
      open.clear();
      available = AvailableData.NONE;
    }
    return resolved;
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
    DriftReport report = reports.of(startMillis, counts, status.late(), results, verdict);
    List<CauseFinding> findings = WindowFindings.of(report, results, verdict, !warmingUp);
    boolean fired = isDataFiring();
    List<Alert> alerts = alerts(findings, nowMillis);
    boolean calibrated = results.stream().allMatch(FeatureResult::calibrated);
    report.setState(state(verdict.verdict(), warmingUp, calibrated));
    outcome = outcome(verdict.verdict(), warmingUp, fired);
    long endMillis = windows.endMillis(startMillis);
    status = status.with(episodes, status.quality()).closed(endMillis);
    keepEvidence(RetrainingPolicy.evidence(report, findings));
    available = available.plus(inWindow, !evidence.isEmpty());
    RetrainingPolicy.Decision decision = decide(endMillis, nowMillis);
    report.setRetraining(decision.retraining());
    alerts.addAll(episodes.repeated());
    return new WindowDecision(report, alerts, decision.trigger());
  }

  /**
   * Decides about the result of a window for a cause that is known only later; signals of a cause
   * come in order. Those of another model version are ignored: they are not about the reference.
   *
   * @param nowMillis wall clock
   */
  public WindowDecision signal(CauseSignal signal, long nowMillis) {
    if (!signal.modelVersion().equals(reference.version())) {
      return new WindowDecision(null, List.of(), null);
    }
    boolean warmingUp = warmUp.covers(signal.windowStartMillis(), warmUpMillis);
    CauseFinding finding = CauseFinding.of(signal, warmingUp);
    List<Alert> alerts = alerts(List.of(finding), nowMillis);
    status = status.with(episodes, quality(finding));
    if (keepEvidence(RetrainingPolicy.evidence(finding))) {
      available = available.since(finding.startMillis());
    }
    long endMillis = Math.max(status.closedMillis(), signal.windowEndMillis());
    return new WindowDecision(null, alerts, decide(endMillis, nowMillis).trigger());
  }

  /**
   * Acknowledges an episode.
   *
   * @return the alert that says so; null if that episode has ended, has been acknowledged, or is
   *     not of this model
   */
  public @Nullable Alert acknowledge(Acknowledgement acknowledgement, long nowMillis) {
    Alert alert = episodes.acknowledge(acknowledgement, nowMillis);
    status = status.with(episodes, status.quality());
    return alert;
  }

  /** The state to restore after a restart. */
  public MonitorState state() {
    return new MonitorState(status, warmUp, available, open, evidence, episodes.alerts());
  }

  private List<Alert> alerts(List<CauseFinding> findings, long nowMillis) {
    List<Alert> alerts = new ArrayList<>();
    for (CauseFinding finding : findings) {
      Alert alert = episodes.next(finding, status.quality(), nowMillis);
      if (alert != null) {
        alerts.add(alert);
      }
    }
    return alerts;
  }

  /** DRIFT is latched until each episode has ended or was acknowledged. */
  private DriftState state(Verdict window, boolean warmingUp, boolean calibrated) {
    if (warmingUp) {
      return DriftState.WARMUP;
    }
    if (!calibrated && window != Verdict.INSUFFICIENT && !episodes.isLatched()) {
      return DriftState.CALIBRATING;
    }
    return episodes.isLatched() ? DriftState.DRIFT : DriftState.valueOf(window.name());
  }

  /** What the comparison learns from the last window that was closed. */
  public WindowComparison.Outcome outcome() {
    return outcome;
  }

  private WindowComparison.Outcome outcome(Verdict window, boolean warmingUp, boolean fired) {
    if (warmingUp) {
      return WindowComparison.Outcome.NOT_COMPARABLE;
    }
    if (fired && !isDataFiring()) {
      return WindowComparison.Outcome.RECOVERED;
    }
    return window == Verdict.OK && !isDataFiring()
        ? WindowComparison.Outcome.CALM
        : WindowComparison.Outcome.UNUSUAL;
  }

  private boolean isDataFiring() {
    return WindowFindings.CAUSES.stream().anyMatch(episodes::isFiring);
  }

  /** What is known of the model's quality after a signal: its figures, and whether it is lost. */
  private @Nullable KnownQuality quality(CauseFinding finding) {
    KnownQuality before = status.quality();
    boolean measures = finding.cause() == Cause.QUALITY || finding.cause() == Cause.CONCEPT;
    if (!measures || finding.verdict() == Verdict.INSUFFICIENT) {
      return before;
    }
    boolean lost = episodes.isFiring(Cause.QUALITY) || episodes.isFiring(Cause.CONCEPT);
    boolean replaces = finding.cause() == Cause.QUALITY || finding.verdict() == Verdict.DRIFT;
    return before == null || replaces
        ? new KnownQuality(finding.startMillis(), finding.endMillis(), lost, finding.summary())
        : new KnownQuality(before.startMillis(), before.endMillis(), lost, before.summary());
  }

  /** Adds the windows without predictions before the one that is closing: they did not close. */
  private void addOlderThan(long startMillis) {
    List<WindowTotals> older = new ArrayList<>(open.headMap(startMillis).values());
    open.headMap(startMillis).clear();
    for (WindowTotals counts : older) {
      available = available.plusLate(counts, status.triggerMillis());
    }
  }

  /**
   * Keeps what asks for retraining.
   *
   * @param window of the newest window; null if it does not
   * @return whether it is the first
   */
  private boolean keepEvidence(@Nullable WindowEvidence window) {
    boolean none = evidence.isEmpty();
    if (!status.firing()) {
      evidence = retraining.kept(evidence, status.closedMillis());
    } else if (window != null) {
      evidence = retraining.evidence(evidence, window, status.triggered());
    }
    return none && !evidence.isEmpty();
  }

  private RetrainingPolicy.Decision decide(long endMillis, long nowMillis) {
    RetrainingPolicy.Decision decision =
        retraining.decide(status, evidence, available, endMillis, nowMillis);
    RetrainingTrigger trigger = decision.trigger();
    if (trigger != null) {
      status = status.afterTrigger(status.triggered().plus(evidence), endMillis);
      evidence = List.of();
      available = AvailableData.NONE;
    }
    return decision;
  }
}
