package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Drift;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * Builds the reports of windows whose model version has no reference: state {@code NO_REFERENCE}
 * and the number of predictions that were not compared.
 *
 * @param pipeline the pipeline's name
 * @param model the model's name
 */
public record NoReferenceReports(String pipeline, String model, Drift drift)
    implements Serializable {
  /** The report of one window of one model version. */
  public DriftReport of(String version, long startMillis, long samples, long late) {
    Instant start = Instant.ofEpochMilli(startMillis);
    return DriftReport.newBuilder()
        .setId("%s/%s/%s/%s".formatted(pipeline, model, version, start))
        .setPipeline(pipeline)
        .setModel(model)
        .setModelVersion(version)
        .setReferenceDigest("")
        .setWindowStart(start)
        .setWindowEnd(start.plus(drift.window()))
        .setState(DriftState.NO_REFERENCE)
        .setVerdict(Verdict.INSUFFICIENT)
        .setSamples(samples)
        .setLate(late)
        .setAlpha(0)
        .setMinEffect(drift.minEffect())
        .setMinSamples(drift.minSamples())
        .setFeatures(List.of())
        .setOffsets(List.of())
        .setRetraining(Retraining.NOT_CONFIGURED)
        .build();
  }
}
