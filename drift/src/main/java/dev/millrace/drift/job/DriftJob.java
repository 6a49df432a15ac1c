package dev.millrace.drift.job;

import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.policy.UnreferencedReports;
import dev.millrace.drift.profile.ReferenceSet;
import dev.millrace.drift.wire.Incoming;
import dev.millrace.drift.wire.Unreadable;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's drift job: the {@link Topology} between its topics. State is found again by an
 * operator's uid: its name, with a {@link Fingerprint} of the definition that the state depends on.
 */
public final class DriftJob {
  private final Pipeline pipeline;
  private final Duration idleTimeout;
  private final KafkaEnds kafka;
  private final Topology topology;

  /**
   * @param schemaIds by topic, of the topics that the job writes
   */
  public DriftJob(Pipeline pipeline, JobSettings settings, Map<String, Integer> schemaIds) {
    this.pipeline = pipeline;
    this.idleTimeout = settings.idleTimeout();
    this.kafka = new KafkaEnds(pipeline, settings, schemaIds);
    this.topology = new Topology(pipeline);
  }

  /** The job's name: {@code millrace-<pipeline>-drift}. */
  public static String name(Pipeline pipeline) {
    return "millrace-%s-drift".formatted(pipeline.name());
  }

  /**
   * Adds the job to the environment.
   *
   * @param baseline null where there is none: outcomes flow, and windows are reported without one
   * @return whether there is anything to run
   */
  public boolean addTo(StreamExecutionEnvironment env, @Nullable ReferenceSet baseline) {
    Labels labels = pipeline.labels();
    Drift drift = pipeline.drift();
    UnreferencedReports unreferenced = UnreferencedWindows.reports(pipeline);
    boolean judged = baseline != null && drift != null;
    if (labels == null && !judged && unreferenced == null) {
      return false;
    }
    SingleOutputStreamOperator<GenericRecord> predictions = predictions(env);
    DataStream<Unreadable> deadLetters = predictions.getSideOutput(Unreadable.DEAD_LETTERS);
    DataStream<GenericRecord> outcomes = null;
    if (labels != null) {
      SingleOutputStreamOperator<LabelEvent> labelEvents =
          topology.labels(labelEvents(env, labels), labels);
      deadLetters = deadLetters.union(labelEvents.getSideOutput(Unreadable.DEAD_LETTERS));
      outcomes = outcomes(predictions, labelEvents, labels);
    }
    if (baseline != null && drift != null) {
      write(topology.reports(predictions, outcomes, baseline, drift));
    }
    if (unreferenced != null) {
      write(
          UnreferencedWindows.addTo(predictions, unreferenced, baseline),
          kafka.reports(),
          "drift-reports-without-reference");
    }
    deadLetters.sinkTo(kafka.deadLetters()).name("dead-letters").uid("dead-letters");
    return true;
  }

  /** The uid by which the state of outcomes is found; null where the pipeline has no labels. */
  public static @Nullable String outcomesUid(Pipeline pipeline) {
    Labels labels = pipeline.labels();
    return labels == null ? null : Topology.joinUid(pipeline, labels);
  }

  private SingleOutputStreamOperator<GenericRecord> predictions(StreamExecutionEnvironment env) {
    Schema schema = PipelineSchemas.prediction(pipeline);
    return env.fromSource(
            kafka.predictions(schema),
            PredictionClock.strategy(pipeline.scored().lateness(), idleTimeout),
            "predictions",
            Incoming.type(schema))
        .uid("predictions")
        .process(new DecodedPredictions(), new GenericRecordAvroTypeInfo(schema))
        .name("decoded-predictions")
        .uid("decoded-predictions");
  }

  private DataStream<Incoming> labelEvents(StreamExecutionEnvironment env, Labels labels) {
    Source source = pipeline.source(labels.from());
    return env.fromSource(
            kafka.events(source),
            WatermarkStrategy.noWatermarks(), // LabelClockOperator makes them
            "label-events",
            Incoming.type(source.schema()))
        .uid("label-events-" + Fingerprint.of(pipeline, labels));
  }

  private DataStream<GenericRecord> outcomes(
      DataStream<GenericRecord> predictions, DataStream<LabelEvent> labelEvents, Labels labels) {
    DataStream<GenericRecord> outcomes =
        topology.outcomes(predictions, labelEvents, labels, idleTimeout);
    outcomes
        .sinkTo(kafka.outcomes(PipelineSchemas.outcome(pipeline)))
        .name("outcomes")
        .uid("outcomes");
    return outcomes;
  }

  private void write(SingleOutputStreamOperator<DriftReport> reports) {
    write(reports, kafka.reports(), "drift-reports");
    write(reports.getSideOutput(DriftFunction.ALERTS), kafka.alerts(), "alerts");
    write(reports.getSideOutput(DriftFunction.TRIGGERS), kafka.triggers(), "retraining-triggers");
  }

  private static <T> void write(DataStream<T> stream, KafkaSink<T> sink, String name) {
    stream.sinkTo(sink).name(name).uid(name).setParallelism(1);
  }
}
