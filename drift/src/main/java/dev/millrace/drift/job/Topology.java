package dev.millrace.drift.job;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.labels.LabelFieldReader;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.drift.policy.RetrainingPolicy;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/** The operators between the job's sources and its sinks. */
final class Topology {
  private final Pipeline pipeline;
  private final Schema predictionSchema;

  Topology(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.predictionSchema = PipelineSchemas.prediction(pipeline);
  }

  /**
   * Extracts labels from events; dead letters are a side output.
   *
   * @param events of the source of labels, including late ones
   */
  SingleOutputStreamOperator<LabelEvent> labels(DataStream<IncomingRecord> events, Labels labels) {
    return events
        .process(
            new LabelExtractor(
                pipeline.name(),
                new LabelFieldReader(labels, pipeline.source(labels.from()).time())))
        .returns(LabelEvent.class)
        .name("labels")
        .uid("labels");
  }

  /**
   * Joins predictions to their labels.
   *
   * @param idleTimeout wall-clock time after which a silent partition of the source of labels is
   *     idle and does not hold back its clock
   */
  DataStream<GenericRecord> outcomes(
      DataStream<GenericRecord> predictions,
      DataStream<LabelEvent> labelEvents,
      Labels labels,
      Duration idleTimeout) {
    Schema outcomeSchema = PipelineSchemas.outcome(pipeline);
    Duration lateness = pipeline.source(labels.from()).lateness();
    DataStream<Label> timed =
        labelEvents
            .transform(
                "label-clock",
                TypeInformation.of(Label.class),
                new LabelWatermarkOperator(lateness, idleTimeout))
            .uid("label-clock-" + Fingerprint.of(pipeline, labels))
            .setParallelism(1) // The source of labels has one clock.
            .setMaxParallelism(1);
    Double otherwise =
        labels.otherwise() == null
            ? null
            : LabelFieldReader.number(labels.otherwise().evaluate(Map.of()));
    LabelJoin join = new LabelJoin(new OutcomeBuilder(outcomeSchema), labels.maturity(), otherwise);
    return predictions
        .keyBy(prediction -> prediction.get("event_id").toString(), Types.STRING)
        .connect(timed.keyBy(Label::eventId, Types.STRING))
        .transform(
            "label-join",
            new GenericRecordAvroTypeInfo(outcomeSchema),
            new LabelJoinOperator(
                new LabelJoinFunction(pipeline.name(), predictionSchema, join),
                dropAfter(idleTimeout)))
        .uid(joinUid(pipeline, labels));
  }

  private static Duration dropAfter(Duration idleTimeout) {
    Duration least = Duration.ofMinutes(5);
    Duration several = idleTimeout.multipliedBy(10);
    return several.compareTo(least) > 0 ? several : least;
  }

  /** The uid of the label join, by which its state is restored. */
  static String joinUid(Pipeline pipeline, Labels labels) {
    return "label-join-" + Fingerprint.of(pipeline, labels);
  }

  /**
   * Reports windows of predictions; alerts and triggers are the side outputs of {@link
   * DriftFunction}.
   *
   * @param outcomes counted as labels to train on; null where the pipeline has none
   */
  SingleOutputStreamOperator<DriftReport> reports(
      DataStream<GenericRecord> predictions,
      @Nullable DataStream<GenericRecord> outcomes,
      ModelReference reference,
      Drift drift) {
    TumblingWindows windows = TumblingWindows.of(drift.window());
    DataStream<WindowPartial> partials =
        predictions
            .transform(
                "window-counts",
                TypeInformation.of(WindowPartial.class),
                new WindowCounter(reference, predictionSchema, windows))
            .uid("window-counts");
    if (outcomes != null) {
      partials =
          partials.union(
              outcomes
                  .transform(
                      "outcome-counts",
                      TypeInformation.of(WindowPartial.class),
                      new WindowLabelCounter(reference.id(), windows))
                  .uid("outcome-counts"));
    }
    String model = reference.model();
    return partials
        .keyBy(partial -> model, Types.STRING)
        .transform(
            "drift-monitor",
            new AvroTypeInfo<>(DriftReport.class),
            new DriftOperator(model, monitor(reference, drift)))
        .uid("drift-monitor-" + Fingerprint.of(drift))
        .setParallelism(1); // All records have the same key.
  }

  private DriftFunction monitor(ModelReference reference, Drift drift) {
    RetrainingPolicy retraining =
        new RetrainingPolicy(
            reference,
            pipeline.retrain(),
            labelsWithin(),
            Topics.outcomes(pipeline),
            Topics.clean(pipeline, pipeline.score()));
    return new DriftFunction(reference, drift, retraining, longestWindow());
  }

  private Duration labelsWithin() {
    Labels labels = pipeline.labels();
    return labels == null
        ? Duration.ZERO
        : labels.maturity().plus(pipeline.source(labels.from()).lateness());
  }

  private Duration longestWindow() {
    return pipeline.features().values().stream()
        .flatMap(view -> view.features().stream())
        .map(Feature::window)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }
}
