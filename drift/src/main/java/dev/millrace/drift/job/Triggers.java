package dev.millrace.drift.job;

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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether drift asks for retraining, at most once an episode. Cool-down and missing labels
 * defer a trigger while the drift lasts; they never change the state.
 */
final class Triggers {
  /** Drifted windows that a trigger tells of: the first ones of the episode. */
  static final int MOST_EVIDENCE = 10;

  private final Baseline baseline;
  private final @Nullable Retrain retrain;
  private final String outcomesTopic;
  private final String sourceTopic;

  /**
   * @param retrain null: retraining is never asked for
   * @param outcomesTopic where the training rows are
   * @param sourceTopic clean topic of the scored source
   */
  Triggers(Baseline baseline, @Nullable Retrain retrain, String outcomesTopic, String sourceTopic) {
    this.baseline = baseline;
    this.retrain = retrain;
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
  }

  /** Where retraining stands, and the trigger if one is due now. */
  record Answer(Retraining retraining, @Nullable RetrainingTrigger trigger) {}

  /**
   * @param standing after the window
   * @param firing whether an episode is under way
   * @param evidence the episode's drifted windows
   * @param served since the last trigger
   * @param endMillis of the window
   */
  Answer ask(
      Standing standing,
      boolean firing,
      List<DriftReport> evidence,
      Served served,
      long endMillis,
      long nowMillis) {
    if (retrain == null) {
      return new Answer(Retraining.NOT_CONFIGURED, null);
    }
    if (!firing) {
      return new Answer(Retraining.NOT_NEEDED, null);
    }
    if (standing.triggeredEpisode() == standing.episode()) {
      return new Answer(Retraining.TRIGGERED, null);
    }
    Optional<Cause> cause = cause(retrain, evidence);
    if (cause.isEmpty()) {
      return new Answer(Retraining.NOT_CONFIGURED, null);
    }
    if (standing.triggerMillis() != Standing.NEVER
        && endMillis < standing.triggerMillis() + retrain.cooldown().toMillis()) {
      return new Answer(Retraining.COOLING_DOWN, null);
    }
    if (served.labels() < retrain.minLabels()) {
      return new Answer(Retraining.AWAITING_LABELS, null);
    }
    return new Answer(
        Retraining.TRIGGERED,
        trigger(standing.episode(), cause.get(), evidence, data(served, endMillis, retrain))
            .setAt(Instant.ofEpochMilli(endMillis))
            .setPublishedAt(Instant.ofEpochMilli(nowMillis))
            .build());
  }

  private static Optional<Cause> cause(Retrain retrain, List<DriftReport> evidence) {
    List<String> drifted =
        evidence.stream()
            .flatMap(report -> Reports.drifted(report).stream())
            .map(FeatureDrift::getFeature)
            .toList();
    boolean inputs = drifted.stream().anyMatch(name -> !name.equals(TrainingProfile.SCORE));
    if (inputs && retrain.on().contains(Cause.DATA)) {
      return Optional.of(Cause.DATA);
    }
    return drifted.contains(TrainingProfile.SCORE) && retrain.on().contains(Cause.PREDICTION)
        ? Optional.of(Cause.PREDICTION)
        : Optional.empty();
  }

  private RetrainingTrigger.Builder trigger(
      int episode, Cause cause, List<DriftReport> evidence, TrainingData data) {
    List<FeatureDrift> first = evidence.isEmpty() ? List.of() : Reports.drifted(evidence.get(0));
    return RetrainingTrigger.newBuilder()
        .setId(id(episode, cause))
        .setPipeline(baseline.pipeline())
        .setModel(baseline.model())
        .setModelVersion(baseline.version())
        .setReferenceDigest(baseline.digest())
        .setCause(RetrainingCause.valueOf(cause.name()))
        .setEpisode(episode)
        .setMessage(
            "Train model %s/%s anew, version %s does not fit any more: %s. %d labels of %d predictions since %s."
                .formatted(
                    baseline.pipeline(),
                    baseline.model(),
                    baseline.version(),
                    Alerts.describe(first),
                    data.getLabels(),
                    data.getPredictions(),
                    data.getFrom()))
        .setEvidence(evidence.stream().map(Triggers::evidence).toList())
        .setData(data);
  }

  private static WindowEvidence evidence(DriftReport report) {
    return new WindowEvidence(
        report.getId(), report.getWindowStart(), report.getWindowEnd(), Reports.drifted(report));
  }

  private TrainingData data(Served served, long endMillis, Retrain wanted) {
    return TrainingData.newBuilder()
        .setTopic(outcomesTopic)
        .setFrom(Instant.ofEpochMilli(served.fromMillis()))
        .setTo(Instant.ofEpochMilli(endMillis))
        .setSourceTopic(sourceTopic)
        .setOffsets(Reports.ranges(served.spans()))
        .setPredictions(served.predictions())
        .setLabels(served.labels())
        .setMinLabels(wanted.minLabels())
        .build();
  }

  /** A UUID of version 3 (RFC 9562, 5.3): the same for the same episode, whoever computes it. */
  private String id(int episode, Cause cause) {
    String name =
        String.join(
            "\n",
            baseline.pipeline(),
            baseline.model(),
            baseline.version(),
            baseline.digest(),
            cause.name(),
            String.valueOf(episode));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
