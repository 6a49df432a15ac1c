package dev.millrace.drift.job;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
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
 * A pipeline's drift job: the {@link Topology} between its topics. Each operator's uid is its name,
 * and state is found again by it: a name, once released, is not changed.
 */
public final class DriftJob {
  private final Pipeline pipeline;
  private final Duration idleTimeout;
  private final Kafka kafka;
  private final Topology topology;

  /**
   * @param schemaIds by topic, of the topics that the job writes
   */
  public DriftJob(Pipeline pipeline, JobSettings settings, Map<String, Integer> schemaIds) {
    this.pipeline = pipeline;
    this.idleTimeout = settings.idleTimeout();
    this.kafka = new Kafka(pipeline, settings, schemaIds);
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
  public boolean addTo(StreamExecutionEnvironment env, @Nullable Baseline baseline) {
    Labels labels = pipeline.labels();
    Drift drift = pipeline.drift();
    NoReference windows = NoReference.of(pipeline);
    boolean judged = baseline != null && drift != null;
    if (labels == null && !judged && windows == null) {
      return false;
    }
    DataStream<GenericRecord> predictions = predictions(env);
    DataStream<GenericRecord> outcomes = labels == null ? null : outcomes(env, predictions, labels);
    if (baseline != null && drift != null) {
      write(topology.reports(predictions, outcomes, baseline, drift));
    }
    if (windows != null) {
      write(
          NoReference.reports(predictions, windows, baseline),
          kafka.reports(),
          "drift-reports-without-reference");
    }
    return true;
  }

  private DataStream<GenericRecord> predictions(StreamExecutionEnvironment env) {
    Schema schema = PipelineSchemas.prediction(pipeline);
    WatermarkStrategy<GenericRecord> eventTime =
        WatermarkStrategy.<GenericRecord>forBoundedOutOfOrderness(pipeline.scored().lateness())
            .withTimestampAssigner((record, time) -> PredictionValues.eventTime(record))
            .withIdleness(idleTimeout);
    return env.fromSource(
            kafka.source(Topics.predictions(pipeline), schema),
            eventTime,
            "predictions",
            new GenericRecordAvroTypeInfo(schema))
        .uid("predictions");
  }

  private DataStream<GenericRecord> labelEvents(StreamExecutionEnvironment env, Labels labels) {
    Source source = pipeline.source(labels.from());
    // Clean events are stamped with their event time.
    WatermarkStrategy<GenericRecord> eventTime =
        WatermarkStrategy.<GenericRecord>forBoundedOutOfOrderness(source.lateness())
            .withIdleness(idleTimeout);
    return env.fromSource(
            kafka.source(Topics.clean(pipeline, source.name()), source.schema()),
            eventTime,
            "label-events",
            new GenericRecordAvroTypeInfo(source.schema()))
        .uid("label-events");
  }

  private DataStream<GenericRecord> outcomes(
      StreamExecutionEnvironment env, DataStream<GenericRecord> predictions, Labels labels) {
    DataStream<GenericRecord> outcomes =
        topology.outcomes(predictions, labelEvents(env, labels), labels);
    outcomes
        .sinkTo(kafka.outcomes(PipelineSchemas.outcome(pipeline)))
        .name("outcomes")
        .uid("outcomes");
    return outcomes;
  }

  private void write(SingleOutputStreamOperator<DriftReport> reports) {
    write(reports, kafka.reports(), "drift-reports");
    write(reports.getSideOutput(DriftJudge.ALERTS), kafka.alerts(), "alerts");
    write(reports.getSideOutput(DriftJudge.TRIGGERS), kafka.triggers(), "retraining-triggers");
  }

  private static <T> void write(DataStream<T> stream, KafkaSink<T> sink, String name) {
    stream.sinkTo(sink).name(name).uid(name).setParallelism(1);
  }
}
