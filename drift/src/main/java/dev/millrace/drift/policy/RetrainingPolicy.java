package dev.millrace.drift.policy;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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

  private final ModelReference reference;
  private final @Nullable Retrain retrain;
  private final long labelsWithinMillis;
  private final String outcomesTopic;
  private final String sourceTopic;

  /**
   * @param retrain null: retraining is never requested
   * @param labelsWithin the longest time from a prediction to its label
   * @param outcomesTopic topic of the training rows
   * @param sourceTopic clean topic of the scored source
   */
  public RetrainingPolicy(
      ModelReference reference,
      @Nullable Retrain retrain,
      Duration labelsWithin,
      String outcomesTopic,
      String sourceTopic) {
    this.reference = reference;
    this.retrain = retrain;
    this.labelsWithinMillis = labelsWithin.toMillis();
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
  }

  /** The state of retraining, and the trigger if one is due now. */
  record Decision(Retraining retraining, @Nullable RetrainingTrigger trigger) {}

  /**
   * The drifted windows that no trigger has reported yet, after one more of them. They begin with
   * the first window that drifted for a configured cause, in features that the episode's triggers
   * have not reported, or with a larger drift than they reported.
   */
  List<DriftReport> evidence(
      List<DriftReport> before, DriftReport drifted, TriggeredDrift triggered) {
    boolean isNew =
        ReportBuilder.drifted(drifted).stream()
            .anyMatch(feature -> isWanted(cause(feature)) && triggered.isNew(feature));
    if (before.size() == MOST_EVIDENCE || (before.isEmpty() && !isNew)) {
      return before;
    }
    List<DriftReport> evidence = new ArrayList<>(before);
    evidence.add(drifted);
    return evidence;
  }

  /**
   * The drifted windows of an episode that is over: they are kept while labels of their predictions
   * may still come, and for as long as an episode takes to end after that.
   */
  List<DriftReport> kept(List<DriftReport> evidence, long endMillis) {
    if (retrain == null || retrain.minLabels() == 0 || evidence.isEmpty()) {
      return List.of();
    }
    DriftReport last = evidence.get(evidence.size() - 1);
    long lastEndMillis = last.getWindowEnd().toEpochMilli();
    long lengthMillis = lastEndMillis - last.getWindowStart().toEpochMilli();
    long untilMillis =
        lastEndMillis + EpisodeState.RECOVERY_WINDOWS * lengthMillis + labelsWithinMillis;
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
      List<DriftReport> evidence,
      AvailableData available,
      long endMillis,
      long nowMillis) {
    if (retrain == null) {
      return new Decision(Retraining.NOT_CONFIGURED, null);
    }
    if (!status.state().firing() && evidence.isEmpty()) {
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
        trigger(status, evidence, data(available, endMillis, retrain))
            .setAt(Instant.ofEpochMilli(endMillis))
            .setPublishedAt(Instant.ofEpochMilli(nowMillis))
            .build());
  }

  private boolean isWanted(Cause cause) {
    return retrain != null && retrain.on().contains(cause);
  }

  private static Cause cause(FeatureDrift drifted) {
    return drifted.getFeature().equals(Reference.SCORE) ? Cause.PREDICTION : Cause.DATA;
  }

  /** DATA if inputs drifted, since they also change the score, and if that cause is configured. */
  private Cause cause(List<DriftReport> evidence) {
    return evidence.stream()
            .flatMap(report -> ReportBuilder.drifted(report).stream())
            .map(RetrainingPolicy::cause)
            .anyMatch(cause -> cause == Cause.DATA && isWanted(cause))
        ? Cause.DATA
        : Cause.PREDICTION;
  }

  private RetrainingTrigger.Builder trigger(
      ModelStatus status, List<DriftReport> evidence, TrainingData data) {
    int sequence = status.triggered().triggers() + 1;
    Instant episode = status.state().since();
    Instant since = episode == null ? evidence.get(0).getWindowStart() : episode;
    return RetrainingTrigger.newBuilder()
        .setId(id(since, sequence))
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setCause(RetrainingCause.valueOf(cause(evidence).name()))
        .setEpisode(status.episode())
        .setSince(since)
        .setSequence(sequence)
        .setMessage(
            "Retrain model %s/%s, the data of version %s have drifted: %s. %d labels of %d predictions since %s, %d of them since the drift began."
                .formatted(
                    reference.pipeline(),
                    reference.model(),
                    reference.version(),
                    AlertBuilder.describe(ReportBuilder.drifted(evidence.get(0))),
                    data.getLabels(),
                    data.getPredictions(),
                    data.getFrom(),
                    data.getDriftLabels()))
        .setEvidence(evidence.stream().map(RetrainingPolicy::evidence).toList())
        .setData(data);
  }

  private static WindowEvidence evidence(DriftReport report) {
    return new WindowEvidence(
        report.getId(),
        report.getWindowStart(),
        report.getWindowEnd(),
        ReportBuilder.drifted(report));
  }

  private TrainingData data(AvailableData available, long endMillis, Retrain wanted) {
    WindowTotals all = available.sinceTrigger();
    WindowTotals drifted = available.sinceDrift();
    return TrainingData.newBuilder()
        .setTopic(outcomesTopic)
        .setFrom(Instant.ofEpochMilli(all.fromMillis()))
        .setTo(Instant.ofEpochMilli(endMillis))
        .setSourceTopic(sourceTopic)
        .setOffsets(ReportBuilder.ranges(all.ranges()))
        .setPredictions(all.predictions())
        .setLabels(all.labels())
        .setMinLabels(wanted.minLabels())
        .setDriftFrom(Instant.ofEpochMilli(drifted.fromMillis()))
        .setDriftLabels(drifted.labels())
        .build();
  }

  /**
   * A UUID of version 3 (RFC 9562, 5.3), the same for the same trigger of the same episode after
   * any restart. An episode is identified by its start, since a version that returns may have had
   * other episodes before.
   */
  private String id(Instant since, int sequence) {
    String name =
        String.join(
            "\n",
            reference.pipeline(),
            reference.model(),
            reference.version(),
            reference.digest(),
            since.toString(),
            String.valueOf(sequence));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
