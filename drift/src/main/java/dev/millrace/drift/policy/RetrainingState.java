package dev.millrace.drift.policy;

import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.WindowEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The content of the next retraining trigger: the drifted windows that no trigger has reported yet,
 * and the numbers of predictions and labels that a model can be trained on. Not thread-safe.
 */
final class RetrainingState {
  private final RetrainingPolicy policy;
  private final TumblingWindows windows;
  private final TreeMap<Long, WindowTotals> open;
  private AvailableData available;
  private List<WindowEvidence> evidence;

  RetrainingState(RetrainingPolicy policy, TumblingWindows windows, MonitorState kept) {
    this.policy = policy;
    this.windows = windows;
    this.open = new TreeMap<>(kept.open());
    this.available = kept.available();
    this.evidence = kept.evidence();
  }

  /** See {@link MonitorState#open()}. */
  Map<Long, WindowTotals> open() {
    return open;
  }

  /** See {@link MonitorState#available()}. */
  AvailableData available() {
    return available;
  }

  /** See {@link MonitorState#evidence()}. */
  List<WindowEvidence> evidence() {
    return evidence;
  }

  /**
   * Starts again with another reference.
   *
   * @param sameModel whether it is of the same model version: evidence that does not depend on the
   *     reference stays
   */
  void restart(boolean sameModel) {
    if (sameModel) {
      evidence = evidence.stream().filter(each -> each.getFeatures().isEmpty()).toList();
      available = evidence.isEmpty() ? available.withoutDrift() : available;
    } else {
      evidence = List.of();
      open.clear();
      available = AvailableData.NONE;
    }
  }

  /**
   * Adds predictions or labels of a window.
   *
   * @return whether the window has been reported
   */
  boolean add(WindowTotals counts, ModelStatus status) {
    boolean reported = windows.endMillis(counts.fromMillis()) <= status.closedMillis();
    if (reported) {
      available = available.plusLate(counts, status.triggerMillis());
    } else {
      open.merge(counts.fromMillis(), counts, WindowTotals::plus);
    }
    return reported;
  }

  /**
   * Takes a window that has closed.
   *
   * @param status after it
   * @param drifted its evidence; null if it is no cause for retraining
   */
  void close(long startMillis, ModelStatus status, @Nullable WindowEvidence drifted) {
    addOlderThan(startMillis, status);
    WindowTotals inWindow = Objects.requireNonNull(open.remove(startMillis));
    keep(drifted, status);
    available = available.plus(inWindow, !evidence.isEmpty());
  }

  /** Adds earlier windows without predictions, which are never closed. */
  private void addOlderThan(long startMillis, ModelStatus status) {
    List<WindowTotals> older = new ArrayList<>(open.headMap(startMillis).values());
    open.headMap(startMillis).clear();
    for (WindowTotals counts : older) {
      available = available.plusLate(counts, status.triggerMillis());
    }
  }

  /**
   * Takes the signal about a window.
   *
   * @param changeMillis start of the window with which its change began
   * @param status after it
   * @param drifted its evidence; null if it is no cause for retraining
   */
  void signal(long changeMillis, ModelStatus status, @Nullable WindowEvidence drifted) {
    boolean none = evidence.isEmpty();
    keep(drifted, status);
    if (none && !evidence.isEmpty()) {
      // The data up to the last trigger are in that trigger.
      available = available.since(Math.max(changeMillis, status.triggerMillis()));
    }
  }

  private void keep(@Nullable WindowEvidence drifted, ModelStatus status) {
    if (!status.firing()) {
      evidence = policy.kept(evidence, status.closedMillis());
    } else if (drifted != null) {
      evidence = policy.evidence(evidence, drifted, status.triggered());
    }
  }

  /**
   * The state of retraining. With a trigger evidence and data begin again.
   *
   * @param endMillis of the window that is decided
   */
  RetrainingPolicy.Decision decide(ModelStatus status, long endMillis, long nowMillis) {
    RetrainingPolicy.Decision decision =
        policy.decide(status, evidence, available, endMillis, nowMillis);
    if (decision.trigger() != null) {
      evidence = List.of();
      available = AvailableData.NONE;
    }
    return decision;
  }
}
