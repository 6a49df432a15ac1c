package dev.millrace.drift.job;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.job.LabelClockOperator;
import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.job.LabelJoinOperator;
import dev.millrace.drift.job.LabelExtractor;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.drift.wire.Incoming;
import dev.millrace.schemas.avro.DriftReport;
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

/** What lies between the job's sources and its sinks. */
final class Topology {
  private final Pipeline pipeline;
  private final Schema predictionSchema;

  Topology(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.predictionSchema = PipelineSchemas.prediction(pipeline);
  }

  /**
   * Reads labels out of events; dead letters are a side output.
   *
   * @param events of the source of labels, late ones too
   */
  SingleOutputStreamOperator<LabelEvent> labels(DataStream<Incoming> events, Labels labels) {
    return events
        .process(new LabelExtractor(labels, pipeline.source(labels.from()).time()))
        .returns(LabelEvent.class)
        .name("labels")
        .uid("labels");
  }

  /**
   * Joins predictions to their labels.
   *
   * @param idleTimeout after which a silent partition of the source of labels does not hold its
   *     clock back
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
                new LabelClockOperator(lateness, idleTimeout))
            .uid("label-clock-" + Fingerprint.of(pipeline, labels))
            .setParallelism(1) // There is one clock.
            .setMaxParallelism(1);
    Double otherwise =
        labels.otherwise() == null
            ? null
            : LabelExtractor.number(labels.otherwise().evaluate(Map.of()));
    LabelJoin join =
        new LabelJoin(predictionSchema, new OutcomeBuilder(outcomeSchema), labels.maturity(), otherwise);
    return predictions
        .keyBy(prediction -> prediction.get("event_id").toString(), Types.STRING)
        .connect(timed.keyBy(Label::eventId, Types.STRING))
        .transform(
            "label-join",
            new GenericRecordAvroTypeInfo(outcomeSchema),
            new LabelJoinOperator(join, giveUpAfter(idleTimeout)))
        .uid(joinUid(pipeline, labels));
  }

  private static Duration giveUpAfter(Duration idleTimeout) {
    Duration least = Duration.ofMinutes(5);
    Duration several = idleTimeout.multipliedBy(10);
    return several.compareTo(least) > 0 ? several : least;
  }

  /** Where the state of the join is found. */
  static String joinUid(Pipeline pipeline, Labels labels) {
    return "label-join-" + Fingerprint.of(pipeline, labels);
  }

  /**
   * Judges windows of predictions; alerts and triggers are the side outputs of {@link DriftFunction}.
   *
   * @param outcomes counted as labels to train on; null where the pipeline has none
   */
  SingleOutputStreamOperator<DriftReport> reports(
      DataStream<GenericRecord> predictions,
      @Nullable DataStream<GenericRecord> outcomes,
      ReferenceSet baseline,
      Drift drift) {
    long windowMillis = drift.window().toMillis();
    DataStream<WindowPartial> partials =
        predictions
            .transform(
                "window-profiles",
                TypeInformation.of(WindowPartial.class),
                new WindowCounter(baseline, predictionSchema, windowMillis))
            .uid("window-profiles");
    if (outcomes != null) {
      partials =
          partials.union(
              outcomes
                  .transform(
                      "outcome-counts",
                      TypeInformation.of(WindowPartial.class),
                      new OutcomeCounter(baseline.reference(), windowMillis))
                  .uid("outcome-counts"));
    }
    String model = baseline.model();
    return partials
        .keyBy(partial -> model, Types.STRING)
        .process(judge(baseline, drift), new AvroTypeInfo<>(DriftReport.class))
        .name("drift-judge")
        .uid("drift-judge-" + Fingerprint.of(drift))
        .setParallelism(1); // There is one key.
  }

  private DriftFunction judge(ReferenceSet baseline, Drift drift) {
    return new DriftFunction(
        baseline,
        drift,
        pipeline.retrain(),
        longestWindow(),
        labelsWithin(),
        Topics.outcomes(pipeline),
        Topics.clean(pipeline, pipeline.score()));
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
