package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
  private final SliceFindings slices;
  private final RetrainingState retraining;
  private final Episodes episodes;
  private final Acknowledgements acknowledgements;
  private ModelStatus status;
  private ModelComparison.Outcome outcome = ModelComparison.Outcome.NONE;
  private WarmUp warmUp;

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
    this.windows = TumblingWindows.of(drift.window());
    this.retraining = new RetrainingState(retraining, windows, kept);
    this.warmUpMillis = warmUp.toMillis();
    AlarmBudget whole = AlarmBudget.of(drift, Math.max(1, reference.features().size()));
    this.budget = whole.ofAll(reference.slicing().slices().size());
    this.reports =
        new ReportBuilder(reference, drift, reference.isNone() ? 0 : budget.perFeature());
    this.slices = SliceFindings.of(reference, drift, whole);
    this.status = kept.status() == null ? ModelStatus.of(reference.id()) : kept.status();
    this.episodes =
        new Episodes(reference, drift.recoveryWindows(), status.causes(), kept.alerts(), restored);
    this.acknowledgements =
        new Acknowledgements(
            reference.version(),
            windows,
            retraining.labelsWithinMillis(),
            episodes,
            kept.acknowledgements());
    this.warmUp = kept.warmUp();
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
   * Of the same model version, the causes that do not depend on the reference go on.
   *
   * @return the alerts that resolve firing ones
   */
  public List<Alert> replaceReference(long nowMillis) {
    boolean sameModel = status.reference().modelVersion().equals(reference.version());
    List<Alert> resolved =
        episodes.restart(
            sameModel ? WindowFindings.CAUSES : EnumSet.allOf(Cause.class),
            status.closedMillis(),
            nowMillis);
    status =
        sameModel
            ? status.reprofiled(reference.id(), episodes)
            : status.replacedBy(reference.id(), episodes);
    retraining.restart(sameModel);
    return resolved;
  }

  /**
   * Adds predictions of one window.
   *
   * @return false if the window has been reported; its late predictions are counted in the next
   *     report
   */
  public boolean add(WindowTotals counts, long watermarkMillis) {
    long startMillis = counts.fromMillis();
    boolean late = retraining.add(counts, status) || windows.isClosed(startMillis, watermarkMillis);
    if (late) {
      status = status.withLate(counts.predictions());
    }
    return !late;
  }

  /** Adds labels that are known. Those of another model version are ignored. */
  public void labels(LabelCount labels) {
    if (labels.modelVersion().equals(reference.version())) {
      retraining.add(
          new WindowTotals(labels.windowStartMillis(), 0, labels.labels(), List.of()), status);
    }
  }

  /**
   * Decides about a window that has closed; windows close in order.
   *
   * @param counts of its predictions
   * @param results of its comparison
   * @param nowMillis wall clock
   */
  public WindowDecision close(
      long startMillis, WindowCounts counts, WindowResults results, long nowMillis) {
    warmUp = warmUp.next(startMillis, counts.samples(), drift.minSamples());
    boolean warmingUp = warmUp.covers(startMillis, warmUpMillis);
    WindowVerdict verdict = WindowVerdict.of(results.all(), budget, drift.minEffect());
    DriftReport report = reports.of(startMillis, counts, status.late(), results.all(), verdict);
    List<SliceFindings.Found> found = slices.of(startMillis, counts, results.slices(), warmingUp);
    List<CauseFinding> findings =
        SliceFindings.merge(
            report, WindowFindings.of(report, results.all(), verdict, !warmingUp), found);
    Set<Cause> ended = firing();
    List<Alert> alerts = alerts(findings, nowMillis);
    boolean calibrated = results.all().stream().allMatch(FeatureResult::calibrated);
    Verdict worst = SliceFindings.worst(verdict.verdict(), found);
    report.setState(state(worst, warmingUp, calibrated));
    Set<Cause> firing = firing();
    ended.removeAll(firing);
    outcome =
        ModelComparison.Outcome.of(
            verdict.verdict(),
            found.stream().map(SliceFindings.Found::verdict).toList(),
            warmingUp,
            !firing.isEmpty(),
            ended);
    long endMillis = windows.endMillis(startMillis);
    status = status.with(episodes, status.quality()).closed(endMillis);
    retraining.close(startMillis, status, RetrainingEvidence.evidence(report, findings));
    RetrainingPolicy.Decision decision = decide(endMillis, nowMillis);
    report.setRetraining(decision.retraining());
    alerts.addAll(episodes.repeated());
    alerts.addAll(acknowledgements.begun(status.closedMillis(), nowMillis));
    status = status.with(episodes, status.quality());
    List<DriftReport> ofSlices = found.stream().map(SliceFindings.Found::report).toList();
    ofSlices.forEach(each -> each.setRetraining(decision.retraining()));
    return new WindowDecision(report, ofSlices, alerts, decision.trigger());
  }

  /**
   * Decides about the result of a window for a cause that is known only later; signals of a cause
   * come in order. Those of another model version are ignored: they are not about the reference.
   *
   * @param nowMillis wall clock
   */
  public WindowDecision signal(CauseSignal signal, long nowMillis) {
    if (!signal.modelVersion().equals(reference.version())) {
      return WindowDecision.ofSignal(List.of(), null);
    }
    boolean warmingUp = warmUp.covers(signal.windowStartMillis(), warmUpMillis);
    CauseFinding finding = CauseFinding.of(signal, warmingUp);
    List<Alert> alerts = alerts(List.of(finding), nowMillis);
    boolean lost = episodes.isFiring(Cause.QUALITY) || episodes.isFiring(Cause.CONCEPT);
    status = status.with(episodes, KnownQuality.after(status.quality(), finding, lost));
    retraining.signal(finding.changeMillis(), status, RetrainingEvidence.evidence(finding));
    alerts.addAll(acknowledgements.begun(status.closedMillis(), nowMillis));
    status = status.with(episodes, status.quality());
    if (retraining.available().isEmpty()) { // The next window has data, and decides.
      return WindowDecision.ofSignal(alerts, null);
    }
    long endMillis = Math.max(status.closedMillis(), signal.windowEndMillis());
    return WindowDecision.ofSignal(alerts, decide(endMillis, nowMillis).trigger());
  }

  /**
   * Acknowledges an episode.
   *
   * @return the alert that says so; null if that episode has ended, has been acknowledged, is not
   *     of this model, or has not begun
   */
  public @Nullable Alert acknowledge(Acknowledgement acknowledgement, long nowMillis) {
    Alert alert = acknowledgements.add(acknowledgement, status.closedMillis(), nowMillis);
    status = status.with(episodes, status.quality());
    return alert;
  }

  /**
   * Takes alerts that were published, of which this state may know nothing: it was dropped, or they
   * were published after the last checkpoint. They end as those of an episode do.
   *
   * @return the alerts that resolve those of another reference
   */
  public List<Alert> adopt(List<Alert> published, long nowMillis) {
    return episodes.adopt(published, nowMillis);
  }

  /**
   * Takes the unresolved alerts that another monitor of this model has adopted: they are not part
   * of its state.
   *
   * @return the alerts that resolve those of another reference
   */
  public List<Alert> adopt(DriftMonitor before, long nowMillis) {
    return episodes.adopt(before.episodes, nowMillis);
  }

  /** The state to restore after a restart. */
  public MonitorState state() {
    return new MonitorState(
        status,
        warmUp,
        retraining.available(),
        retraining.open(),
        retraining.evidence(),
        episodes.alerts(),
        acknowledgements.early());
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
    if (reference.isNone()) {
      return DriftState.NO_REFERENCE;
    }
    if (warmingUp) {
      return DriftState.WARMUP;
    }
    if (!calibrated && window != Verdict.INSUFFICIENT && !episodes.isLatched()) {
      return DriftState.CALIBRATING;
    }
    return episodes.isLatched() ? DriftState.DRIFT : DriftState.valueOf(window.name());
  }

  /** What the comparison learns from the last window that was closed. */
  public ModelComparison.Outcome outcome() {
    return outcome;
  }

  /** The causes of windows with an episode that lasts. */
  private Set<Cause> firing() {
    Set<Cause> firing = EnumSet.copyOf(WindowFindings.CAUSES);
    firing.removeIf(cause -> !episodes.isFiring(cause));
    return firing;
  }

  private RetrainingPolicy.Decision decide(long endMillis, long nowMillis) {
    RetrainingPolicy.Decision decision = retraining.decide(status, endMillis, nowMillis);
    RetrainingTrigger trigger = decision.trigger();
    if (trigger != null) {
      status = status.afterTrigger(status.triggered().plus(trigger.getEvidence()), endMillis);
    }
    return decision;
  }
}
