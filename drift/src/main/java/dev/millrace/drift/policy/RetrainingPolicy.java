package dev.millrace.drift.policy;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether drift requests retraining: once per episode, and again when other features have
 * drifted since then or a drift has grown. Cool-down and missing labels delay a trigger while the
 * episode lasts, and after it as long as the missing labels may still come; they never change the
 * drift state.
 */
public final class RetrainingPolicy implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Number of drifted windows that a trigger lists: the first ones. */
  static final int MOST_EVIDENCE = 10;

  private final TriggerBuilder triggers;
  private final @Nullable Retrain retrain;
  private final int recoveryWindows;
  private final long labelsWithinMillis;

  /**
   * @param retrain null: retraining is never requested
   * @param recoveryWindows number of OK windows in a row that end an episode
   * @param labelsWithin the longest time from a prediction to its label
   * @param outcomesTopic topic of the training rows
   * @param sourceTopic clean topic of the scored source
   */
  public RetrainingPolicy(
      ModelReference reference,
      @Nullable Retrain retrain,
      int recoveryWindows,
      Duration labelsWithin,
      String outcomesTopic,
      String sourceTopic) {
    this(
        new TriggerBuilder(reference, outcomesTopic, sourceTopic),
        retrain,
        recoveryWindows,
        labelsWithin.toMillis());
  }

  private RetrainingPolicy(
      TriggerBuilder triggers,
      @Nullable Retrain retrain,
      int recoveryWindows,
      long labelsWithinMillis) {
    this.triggers = triggers;
    this.retrain = retrain;
    this.recoveryWindows = recoveryWindows;
    this.labelsWithinMillis = labelsWithinMillis;
  }

  /** The same decisions about another reference of the model. */
  public RetrainingPolicy of(ModelReference other) {
    return new RetrainingPolicy(
        new TriggerBuilder(other, triggers.outcomesTopic(), triggers.sourceTopic()),
        retrain,
        recoveryWindows,
        labelsWithinMillis);
  }

  /** The longest time from a prediction to its label. */
  long labelsWithinMillis() {
    return labelsWithinMillis;
  }

  /** The state of retraining, and the trigger if one is due now. */
  record Decision(Retraining retraining, @Nullable RetrainingTrigger trigger) {}

  /**
   * The drifted windows that no trigger has reported yet, after one more of them. They begin with
   * the first window that drifted for a configured cause, in features or causes that the episode's
   * triggers have not reported, or with a larger drift than they reported.
   */
  List<WindowEvidence> evidence(
      List<WindowEvidence> before, WindowEvidence drifted, TriggeredDrift triggered) {
    if (before.size() == MOST_EVIDENCE
        || (before.isEmpty()
            && !triggered.isNew(RetrainingEvidence.alarms(drifted, this::isWanted)))) {
      return before;
    }
    List<WindowEvidence> evidence = new ArrayList<>(before);
    evidence.add(drifted);
    return evidence;
  }

  /**
   * The drifted windows of an episode that is over: they are kept while labels of their predictions
   * may still come, and for as long as an episode takes to end after that.
   */
  List<WindowEvidence> kept(List<WindowEvidence> evidence, long endMillis) {
    if (retrain == null || retrain.minLabels() == 0 || evidence.isEmpty()) {
      return List.of();
    }
    WindowEvidence last = evidence.get(evidence.size() - 1);
    long lastEndMillis = last.getWindowEnd().toEpochMilli();
    long lengthMillis = lastEndMillis - last.getWindowStart().toEpochMilli();
    long untilMillis = lastEndMillis + recoveryWindows * lengthMillis + labelsWithinMillis;
    return endMillis <= untilMillis ? evidence : List.of();
  }

  /**
   * @param status after the window
   * @param evidence drifted windows that no trigger has reported yet
   * @param available data to train on, this window included
   * @param endMillis of the window
   */
  Decision decide(
      ModelStatus status,
      List<WindowEvidence> evidence,
      AvailableData available,
      long endMillis,
      long nowMillis) {
    if (retrain == null) {
      return new Decision(Retraining.NOT_CONFIGURED, null);
    }
    if (!status.firing() && evidence.isEmpty()) {
      return new Decision(Retraining.NOT_NEEDED, null);
    }
    if (evidence.isEmpty()) {
      boolean triggered = status.triggered().triggers() > 0;
      return new Decision(triggered ? Retraining.TRIGGERED : Retraining.NOT_CONFIGURED, null);
    }
    if (status.triggerMillis() != ModelStatus.NEVER
        && endMillis < status.triggerMillis() + retrain.cooldown().toMillis()) {
      return new Decision(Retraining.COOLING_DOWN, null);
    }
    if (available.sinceDrift().labels() < retrain.minLabels()) {
      return new Decision(Retraining.AWAITING_LABELS, null);
    }
    return new Decision(
        Retraining.TRIGGERED,
        triggers.of(
            status,
            evidence,
            RetrainingEvidence.cause(evidence, this::isWanted),
            triggers.data(available, endMillis, retrain.minLabels()),
            endMillis,
            nowMillis));
  }

  private boolean isWanted(Cause cause) {
    return retrain != null && retrain.on().contains(cause);
  }
}
