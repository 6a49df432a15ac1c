package dev.millrace.drift.policy;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Builds the retraining triggers of a model.
 *
 * @param outcomesTopic topic of the training rows
 * @param sourceTopic clean topic of the scored source
 */
record TriggerBuilder(ModelReference reference, String outcomesTopic, String sourceTopic)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * @param status after the window that made it due
   * @param evidence drifted windows that no trigger has reported yet
   * @param cause that the evidence is of
   * @param endMillis of the window that made it due
   * @param nowMillis wall clock
   */
  RetrainingTrigger of(
      ModelStatus status,
      List<WindowEvidence> evidence,
      Cause cause,
      TrainingData data,
      long endMillis,
      long nowMillis) {
    int sequence = status.triggered().triggers() + 1;
    Long episode = status.sinceMillis();
    Instant since =
        episode == null ? evidence.get(0).getWindowStart() : Instant.ofEpochMilli(episode);
    return RetrainingTrigger.newBuilder()
        .setId(id(status.episode(), since, sequence))
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setCause(RetrainingCause.valueOf(cause.name()))
        .setEpisode(status.episode())
        .setSince(since)
        .setSequence(sequence)
        .setMessage(
            "Retrain model %s/%s, version %s has drifted: %s. %d labels of %d predictions since %s, %d of them since %s, when the drift began."
                .formatted(
                    reference.pipeline(),
                    reference.model(),
                    reference.version(),
                    RetrainingEvidence.describe(evidence.get(0)),
                    data.getLabels(),
                    data.getPredictions(),
                    data.getFrom(),
                    data.getDriftLabels(),
                    data.getDriftFrom()))
        .setEvidence(evidence)
        .setData(data)
        .setAt(Instant.ofEpochMilli(endMillis))
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .build();
  }

  /**
   * The data that a model can be trained on.
   *
   * @param minLabels that the trigger has waited for
   */
  TrainingData data(AvailableData available, long endMillis, int minLabels) {
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
        .setMinLabels(minLabels)
        // The change may be older than the predictions that this version has made without a break.
        .setDriftFrom(Instant.ofEpochMilli(Math.max(all.fromMillis(), drifted.fromMillis())))
        .setDriftLabels(drifted.labels())
        .build();
  }

  /**
   * A UUID of version 3 (RFC 9562, 5.3), the same for the same trigger of the same episode after
   * any restart. An episode is identified by its number and its start: two can begin with the same
   * window, since the labels of a window come when its inputs may have recovered, and a job that
   * starts without state counts episodes from 1 again.
   */
  private String id(int episode, Instant since, int sequence) {
    String name =
        String.join(
            "\n",
            reference.pipeline(),
            reference.model(),
            reference.version(),
            reference.digest(),
            String.valueOf(episode),
            since.toString(),
            String.valueOf(sequence));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
