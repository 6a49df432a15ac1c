package dev.millrace.drift.policy;

import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.training.TrainingProfile;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether drift asks for retraining: once an episode, and again when other features have
 * drifted since or a drift has grown. Cool-down and missing labels defer a trigger while the
 * episode lasts, and after it as long as labels may come that it waits for; they never change the
 * state.
 */
final class RetrainingPolicy {
  /** Drifted windows that a trigger tells of: the first ones. */
  static final int MOST_EVIDENCE = 10;

  private final ReferenceSet baseline;
  private final @Nullable Retrain retrain;
  private final long labelsWithinMillis;
  private final String outcomesTopic;
  private final String sourceTopic;

  /**
   * @param retrain null: retraining is never asked for
   * @param labelsWithin how long after a prediction its label may come
   * @param outcomesTopic where the training rows are
   * @param sourceTopic clean topic of the scored source
   */
  RetrainingPolicy(
      ReferenceSet baseline,
      @Nullable Retrain retrain,
      Duration labelsWithin,
      String outcomesTopic,
      String sourceTopic) {
    this.baseline = baseline;
    this.retrain = retrain;
    this.labelsWithinMillis = labelsWithin.toMillis();
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
  }

  /** Where retraining stands, and the trigger if one is due now. */
  record Answer(Retraining retraining, @Nullable RetrainingTrigger trigger) {}

  /**
   * The drifted windows that no trigger has told of yet, after one more of them: from the first on
   * that drifted for a cause that retraining is asked for, by features that the episode's triggers
   * have not told of, or further than they told.
   */
  List<DriftReport> evidence(List<DriftReport> before, DriftReport drifted, TriggeredDrift told) {
    boolean news =
        ReportBuilder.drifted(drifted).stream()
            .anyMatch(feature -> isWanted(cause(feature)) && told.isNews(feature));
    if (before.size() == MOST_EVIDENCE || (before.isEmpty() && !news)) {
      return before;
    }
    List<DriftReport> evidence = new ArrayList<>(before);
    evidence.add(drifted);
    return evidence;
  }

  /**
   * The drifted windows of an episode that is over: they are kept while labels of their predictions
   * may still come, as long as it takes an episode to end besides.
   */
  List<DriftReport> kept(List<DriftReport> evidence, long endMillis) {
    if (retrain == null || retrain.minLabels() == 0 || evidence.isEmpty()) {
      return List.of();
    }
    DriftReport last = evidence.get(evidence.size() - 1);
    long end = last.getWindowEnd().toEpochMilli();
    long window = end - last.getWindowStart().toEpochMilli();
    long until = end + EpisodeState.RECOVERY_WINDOWS * window + labelsWithinMillis;
    return endMillis <= until ? evidence : List.of();
  }

  /**
   * @param standing after the window
   * @param evidence drifted windows that no trigger has told of yet
   * @param available to train on, this window included
   * @param endMillis of the window
   */
  Answer ask(
      ModelStatus standing,
      List<DriftReport> evidence,
      AvailableData available,
      long endMillis,
      long nowMillis) {
    if (retrain == null) {
      return new Answer(Retraining.NOT_CONFIGURED, null);
    }
    if (!standing.state().firing() && evidence.isEmpty()) {
      return new Answer(Retraining.NOT_NEEDED, null);
    }
    if (evidence.isEmpty()) {
      boolean triggered = standing.told().triggers() > 0;
      return new Answer(triggered ? Retraining.TRIGGERED : Retraining.NOT_CONFIGURED, null);
    }
    if (standing.triggerMillis() != ModelStatus.NEVER
        && endMillis < standing.triggerMillis() + retrain.cooldown().toMillis()) {
      return new Answer(Retraining.COOLING_DOWN, null);
    }
    if (available.sinceDrift().labels() < retrain.minLabels()) {
      return new Answer(Retraining.AWAITING_LABELS, null);
    }
    return new Answer(
        Retraining.TRIGGERED,
        trigger(standing, evidence, data(available, endMillis, retrain))
            .setAt(Instant.ofEpochMilli(endMillis))
            .setPublishedAt(Instant.ofEpochMilli(nowMillis))
            .build());
  }

  private boolean isWanted(Cause cause) {
    return retrain != null && retrain.on().contains(cause);
  }

  private static Cause cause(FeatureDrift drifted) {
    return drifted.getFeature().equals(TrainingProfile.SCORE) ? Cause.PREDICTION : Cause.DATA;
  }

  /** Of drifted inputs, which move the score as well, where they are asked for. */
  private Cause cause(List<DriftReport> evidence) {
    return evidence.stream()
            .flatMap(report -> ReportBuilder.drifted(report).stream())
            .map(RetrainingPolicy::cause)
            .anyMatch(cause -> cause == Cause.DATA && isWanted(cause))
        ? Cause.DATA
        : Cause.PREDICTION;
  }

  private RetrainingTrigger.Builder trigger(
      ModelStatus standing, List<DriftReport> evidence, TrainingData data) {
    int sequence = standing.told().triggers() + 1;
    Instant episode = standing.state().since();
    Instant since = episode == null ? evidence.get(0).getWindowStart() : episode;
    return RetrainingTrigger.newBuilder()
        .setId(id(since, sequence))
        .setPipeline(baseline.pipeline())
        .setModel(baseline.model())
        .setModelVersion(baseline.version())
        .setReferenceDigest(baseline.digest())
        .setCause(RetrainingCause.valueOf(cause(evidence).name()))
        .setEpisode(standing.episode())
        .setSince(since)
        .setSequence(sequence)
        .setMessage(
            "Train model %s/%s anew, version %s does not fit any more: %s. %d labels of %d predictions since %s, %d of them since the drift began."
                .formatted(
                    baseline.pipeline(),
                    baseline.model(),
                    baseline.version(),
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
        report.getId(), report.getWindowStart(), report.getWindowEnd(), ReportBuilder.drifted(report));
  }

  private TrainingData data(AvailableData available, long endMillis, Retrain wanted) {
    PredictionCounts served = available.sinceTrigger();
    PredictionCounts drifted = available.sinceDrift();
    return TrainingData.newBuilder()
        .setTopic(outcomesTopic)
        .setFrom(Instant.ofEpochMilli(served.fromMillis()))
        .setTo(Instant.ofEpochMilli(endMillis))
        .setSourceTopic(sourceTopic)
        .setOffsets(ReportBuilder.ranges(served.spans()))
        .setPredictions(served.predictions())
        .setLabels(served.labels())
        .setMinLabels(wanted.minLabels())
        .setDriftFrom(Instant.ofEpochMilli(drifted.fromMillis()))
        .setDriftLabels(drifted.labels())
        .build();
  }

  /**
   * A UUID of version 3 (RFC 9562, 5.3): the same for the same trigger of the same episode, whoever
   * computes it. An episode is known by when it began, since a version that returns may have had
   * others before.
   */
  private String id(Instant since, int sequence) {
    String name =
        String.join(
            "\n",
            baseline.pipeline(),
            baseline.model(),
            baseline.version(),
            baseline.digest(),
            since.toString(),
            String.valueOf(sequence));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
