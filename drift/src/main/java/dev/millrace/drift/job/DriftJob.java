package dev.millrace.drift.job;

import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.policy.NoReferenceReports;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.EventClockWatermarks;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's drift job: the {@link Topology} between its sources and sinks. State is restored by
 * an operator's uid: its name, with a {@link Fingerprint} of the definition that the state depends
 * on.
 */
public final class DriftJob {
  private final Pipeline pipeline;
  private final DriftConnectors ends;
  private final Duration idleTimeout;
  private final Topology topology;

  /**
   * @param idleTimeout wall-clock time after which a silent partition no longer holds event time
   *     back
   */
  public DriftJob(Pipeline pipeline, DriftConnectors ends, Duration idleTimeout) {
    this.pipeline = pipeline;
    this.ends = ends;
    this.idleTimeout = idleTimeout;
    this.topology = new Topology(pipeline);
  }

  /** The job's name: {@code millrace-<pipeline>-drift}. */
  public static String name(Pipeline pipeline) {
    return "millrace-%s-drift".formatted(pipeline.name());
  }

  /**
   * Adds the job to the environment.
   *
   * @param reference null: outcomes are written, and windows are reported without a comparison
   * @return false if the job has nothing to run
   */
  public boolean addTo(StreamExecutionEnvironment env, @Nullable ModelReference reference) {
    Labels labels = pipeline.labels();
    Drift drift = pipeline.drift();
    NoReferenceReports unreferenced = NoReferenceWindows.reports(pipeline);
    if (labels == null && (reference == null || drift == null) && unreferenced == null) {
      return false;
    }
    SingleOutputStreamOperator<GenericRecord> predictions = predictions(env);
    DataStream<DeadLetterRecord> deadLetters = predictions.getSideOutput(DeadLetterRecord.OUTPUT);
    DataStream<GenericRecord> outcomes = null;
    if (labels != null) {
      SingleOutputStreamOperator<LabelEvent> labelEvents =
          topology.labels(labelEvents(env, labels), labels);
      deadLetters = deadLetters.union(labelEvents.getSideOutput(DeadLetterRecord.OUTPUT));
      outcomes = outcomes(predictions, labelEvents, labels);
    }
    if (reference != null && drift != null) {
      write(topology.reports(predictions, outcomes, reference, drift));
    }
    if (unreferenced != null) {
      write(
          NoReferenceWindows.addTo(predictions, unreferenced, reference),
          ends.reports(),
          "drift-reports-without-reference");
    }
    deadLetters.sinkTo(ends.deadLetters()).name("dead-letters").uid("dead-letters");
    return true;
  }

  /** The uid of the label join, which makes the outcomes; null if the pipeline has no labels. */
  public static @Nullable String outcomesUid(Pipeline pipeline) {
    Labels labels = pipeline.labels();
    return labels == null ? null : Topology.joinUid(pipeline, labels);
  }

  private SingleOutputStreamOperator<GenericRecord> predictions(StreamExecutionEnvironment env) {
    Schema schema = PipelineSchemas.prediction(pipeline);
    return env.fromSource(
            ends.predictions(schema),
            EventClockWatermarks.strategy(pipeline.scored().lateness(), idleTimeout),
            "predictions",
            IncomingRecord.type(schema))
        .uid("predictions")
        .process(new DeadLetterSplitFunction(), new GenericRecordAvroTypeInfo(schema))
        .name("decoded-predictions")
        .uid("decoded-predictions");
  }

  private DataStream<IncomingRecord> labelEvents(StreamExecutionEnvironment env, Labels labels) {
    Source source = pipeline.source(labels.from());
    return env.fromSource(
            ends.labelEvents(source),
            WatermarkStrategy.noWatermarks(), // LabelWatermarkOperator emits them.
            "label-events",
            IncomingRecord.type(source.schema()))
        .uid("label-events-" + Fingerprint.of(pipeline, labels));
  }

  private DataStream<GenericRecord> outcomes(
      DataStream<GenericRecord> predictions, DataStream<LabelEvent> labelEvents, Labels labels) {
    DataStream<GenericRecord> outcomes =
        topology.outcomes(predictions, labelEvents, labels, idleTimeout);
    outcomes
        .sinkTo(ends.outcomes(PipelineSchemas.outcome(pipeline)))
        .name("outcomes")
        .uid("outcomes");
    return outcomes;
  }

  private void write(SingleOutputStreamOperator<DriftReport> reports) {
    write(reports, ends.reports(), "drift-reports");
    write(reports.getSideOutput(DriftFunction.ALERTS), ends.alerts(), "alerts");
    write(reports.getSideOutput(DriftFunction.TRIGGERS), ends.triggers(), "retraining-triggers");
  }

  private static <T> void write(DataStream<T> stream, Sink<T> sink, String name) {
    stream.sinkTo(sink).name(name).uid(name).setParallelism(1);
  }
}
