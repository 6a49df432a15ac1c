package dev.millrace.drift.job;

import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.NoReferenceReports;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's drift job: the {@link Topology} between its sources and sinks. State is restored by
 * an operator's uid: its name, with a {@link Fingerprint} of the definition that the state depends
 * on.
 */
public final class DriftJob {
  private final Pipeline pipeline;
  private final DriftConnectors ends;
  private final Topology topology;

  /** The job of a pipeline, between these sources and sinks. */
  public DriftJob(Pipeline pipeline, DriftConnectors ends) {
    this(pipeline, ends, Duration.ZERO);
  }

  /**
   * The job of a pipeline that has run before.
   *
   * @param history event time for which it has run before the first prediction that the job reads,
   *     so that the windows of its features have filled for that long
   */
  public DriftJob(Pipeline pipeline, DriftConnectors ends, Duration history) {
    this.pipeline = pipeline;
    this.ends = ends;
    this.topology = new Topology(pipeline, history, ends.isBounded());
  }

  /**
   * Adds the job to the environment.
   *
   * @param reference null: outcomes are written, and windows are reported without a comparison
   * @return false if the job has nothing to run
   */
  public boolean addTo(StreamExecutionEnvironment env, @Nullable ModelReference reference) {
    return addTo(env, reference, null);
  }

  /**
   * Adds the job to the environment.
   *
   * @param reference null: outcomes are written, and windows are reported without a comparison and
   *     without alerts
   * @param training null: quality is compared with the first windows of the stream
   * @return false if the job has nothing to run
   */
  public boolean addTo(
      StreamExecutionEnvironment env,
      @Nullable ModelReference reference,
      TrainingQuality.@Nullable OfVersion training) {
    Labels labels = pipeline.labels();
    Drift drift = pipeline.drift();
    NoReferenceReports unreferenced = NoReferenceWindows.reports(pipeline);
    if (labels == null && (reference == null || drift == null) && unreferenced == null) {
      return false;
    }
    SingleOutputStreamOperator<GenericRecord> predictions = predictions(env);
    DataStream<DeadLetterRecord> deadLetters = predictions.getSideOutput(DeadLetterRecord.OUTPUT);
    DataStream<GenericRecord> outcomes = null;
    Map<String, Supplier<DataStream<CauseSignal>>> signals = new LinkedHashMap<>();
    if (labels != null) {
      SingleOutputStreamOperator<Label> labelled =
          topology.labels(labelEvents(env, labels), labels);
      deadLetters = deadLetters.union(labelled.getSideOutput(DeadLetterRecord.OUTPUT));
      outcomes = outcomes(predictions, labelled, labels, signals);
    }
    quality(predictions, outcomes, training, signals);
    if (reference != null && drift != null) {
      Map<String, DataStream<CauseSignal>> causes = new LinkedHashMap<>();
      signals.forEach((name, each) -> causes.put(name, each.get()));
      SingleOutputStreamOperator<MonitorInput> acknowledgements = acknowledgements(env);
      if (acknowledgements != null) {
        deadLetters = deadLetters.union(acknowledgements.getSideOutput(DeadLetterRecord.OUTPUT));
      }
      write(
          topology.reports(
              predictions,
              outcomes,
              new Topology.Others(causes, acknowledgements, ends.publishedAlerts()),
              reference,
              drift),
          reference);
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

  /** Writes quality, and adds the signals about it. */
  private void quality(
      DataStream<GenericRecord> predictions,
      @Nullable DataStream<GenericRecord> outcomes,
      TrainingQuality.@Nullable OfVersion training,
      Map<String, Supplier<DataStream<CauseSignal>>> signals) {
    QualityTopology quality = QualityTopology.of(pipeline, training);
    if (quality != null) {
      QualityTopology.Streams streams = quality.reports(predictions, outcomes);
      write(streams.reports(), ends.qualityReports(), "quality-reports");
      DataStream<CauseSignal> causes = streams.signals();
      if (causes != null) {
        signals.put("quality-signals", () -> causes);
      }
    }
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
            ends.predictionProgress(),
            "predictions",
            IncomingRecord.type(schema))
        .uid("predictions")
        .setParallelism(KafkaSources.parallelism(env.getParallelism(), pipeline))
        .transform("predictions-idleness", IncomingRecord.type(schema), new CommonIdleness())
        .uid("predictions-idleness")
        .setParallelism(KafkaSources.parallelism(env.getParallelism(), pipeline))
        .process(new DeadLetterSplitFunction(), new GenericRecordAvroTypeInfo(schema))
        .name("decoded-predictions")
        .uid("decoded-predictions")
        .setParallelism(KafkaSources.parallelism(env.getParallelism(), pipeline));
  }

  private DataStream<IncomingRecord> labelEvents(StreamExecutionEnvironment env, Labels labels) {
    Source source = pipeline.source(labels.from());
    TypeInformation<IncomingRecord> type = IncomingRecord.type(source.schema());
    int parallelism = KafkaSources.parallelism(env.getParallelism(), pipeline);
    DataStream<IncomingRecord> clean =
        env.fromSource(ends.labelEvents(source), ends.labelProgress(source), "label-events", type)
            .uid("label-events-" + Fingerprint.of(pipeline, labels))
            .setParallelism(parallelism);
    if (ends.isBounded()) {
      clean =
          clean
              .transform("label-events-end", type, new SilentAtEnd<>())
              .uid("label-events-end")
              .setParallelism(parallelism);
    }
    DataStream<IncomingRecord> read = clean;
    return ends.lateLabelEvents(source)
        .map(late -> read.union(lateLabelEvents(env, late, type, labels)))
        .orElse(read);
  }

  /** Always idle: whoever acknowledges an alert does so at any time. Null if nobody does. */
  private @Nullable SingleOutputStreamOperator<MonitorInput> acknowledgements(
      StreamExecutionEnvironment env) {
    TypeInformation<IncomingRecord> type = IncomingRecord.type(AlertAck.getClassSchema());
    return ends.acknowledgements()
        .map(
            source ->
                env.fromSource(source, ProgressWatermarks.alwaysIdle(), "alert-acks", type)
                    .uid("alert-acks")
                    .setParallelism(1)
                    .process(new AckExtractor())
                    .returns(MonitorInput.class)
                    .name("acknowledgements")
                    .uid("acknowledgements")
                    .setParallelism(1))
        .orElse(null);
  }

  private DataStream<IncomingRecord> lateLabelEvents(
      StreamExecutionEnvironment env,
      org.apache.flink.api.connector.source.Source<IncomingRecord, ?, ?> late,
      TypeInformation<IncomingRecord> type,
      Labels labels) {
    return env.fromSource(late, ProgressWatermarks.alwaysIdle(), "late-label-events", type)
        .uid("late-label-events-" + Fingerprint.of(pipeline, labels));
  }

  private DataStream<GenericRecord> outcomes(
      DataStream<GenericRecord> predictions,
      DataStream<Label> labelled,
      Labels labels,
      Map<String, Supplier<DataStream<CauseSignal>>> signals) {
    SingleOutputStreamOperator<GenericRecord> outcomes =
        topology.outcomes(predictions, labelled, labels);
    Drift drift = pipeline.drift();
    if (drift != null) {
      DataStream<CoverageDecision> coverage = topology.coverage(outcomes, labels, drift);
      signals.put("coverage-signals", () -> Topology.causes(coverage));
    }
    byPartition(outcomes)
        .sinkTo(ends.outcomes(PipelineSchemas.outcome(pipeline)))
        .name("outcomes")
        .uid("outcomes");
    return outcomes;
  }

  private void write(SingleOutputStreamOperator<DriftReport> reports, ModelReference reference) {
    DataStream<Alert> alerts = reports.getSideOutput(DriftFunction.ALERTS);
    DataStream<RetrainingTrigger> triggers = reports.getSideOutput(DriftFunction.TRIGGERS);
    write(
        shown(reports, "report-metrics", new ReportMetrics(reference)),
        ends.reports(),
        "drift-reports");
    write(shown(alerts, "alert-metrics", new AlertMetrics(reference)), ends.alerts(), "alerts");
    write(
        shown(triggers, "trigger-metrics", new TriggerMetrics(reference)),
        ends.triggers(),
        "retraining-triggers");
  }

  /** What an operator passes on after it has shown it as metrics. */
  private static <T> DataStream<T> shown(
      DataStream<T> stream, String name, OneInputStreamOperator<T, T> metrics) {
    return stream.transform(name, stream.getType(), metrics).uid(name).setParallelism(1);
  }

  /** Sends outcomes to the tasks that write their partitions, and their progress after them. */
  private DataStream<OutcomeRecord> byPartition(DataStream<GenericRecord> outcomes) {
    TypeInformation<OutcomeRecord> type = OutcomeRecord.type(PipelineSchemas.outcome(pipeline));
    return outcomes
        .transform("outcome-clock", type, new OutcomeClock(pipeline.partitions()))
        .uid("outcome-clock")
        .partitionCustom((partition, tasks) -> partition % tasks, OutcomeRecord::partition)
        .transform("outcome-progress", type, new OutcomeProgress())
        .uid("outcome-progress");
  }

  private static <T> void write(DataStream<T> stream, Sink<T> sink, String name) {
    stream.sinkTo(sink).name(name).uid(name).setParallelism(1);
  }
}
