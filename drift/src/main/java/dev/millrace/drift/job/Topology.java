package dev.millrace.drift.job;

import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelFieldReader;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.CoverageSignals;
import dev.millrace.drift.policy.DecisionTimes;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.policy.RetrainingPolicy;
import dev.millrace.drift.policy.SignalInputs;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.function.SerializableFunction;
import org.jspecify.annotations.Nullable;

/** The operators between the job's sources and its sinks. */
final class Topology {
  /** Wall-clock time of silent labels after which predictions far ahead of them are dropped. */
  private static final Duration DROP_AFTER = Duration.ofMinutes(5);

  /** Wall-clock time that windows wait for labels whose event time is behind predictions. */
  private static final Duration WAIT_FOR_LABELS = Duration.ofMinutes(1);

  /** Input of the monitor: the number of known labels. */
  private static final String LABELS = "label-counts";

  private final Pipeline pipeline;
  private final Duration history;
  private final long waitMillis;
  private final Schema predictionSchema;

  /**
   * @param history event time for which the pipeline has run before the first prediction
   * @param bounded whether the sources end: then nothing is decided before all that belongs to it
   */
  Topology(Pipeline pipeline, Duration history, boolean bounded) {
    this.pipeline = pipeline;
    this.history = history;
    this.waitMillis = bounded ? SignalInputs.WITHOUT_BOUND : WAIT_FOR_LABELS.toMillis();
    this.predictionSchema = PipelineSchemas.prediction(pipeline);
  }

  /**
   * Extracts labels from events; dead letters are a side output.
   *
   * @param events of the source of labels, including late ones
   */
  SingleOutputStreamOperator<Label> labels(DataStream<IncomingRecord> events, Labels labels) {
    return events
        .process(
            new LabelExtractor(
                pipeline.name(),
                new LabelFieldReader(labels, pipeline.source(labels.from()).time())))
        .returns(Label.class)
        .name("labels")
        .uid("labels");
  }

  /**
   * Joins predictions to their labels; both have watermarks. Coverage is a side output, where the
   * pipeline has windows.
   */
  SingleOutputStreamOperator<GenericRecord> outcomes(
      DataStream<GenericRecord> predictions, DataStream<Label> labelled, Labels labels) {
    Schema outcomeSchema = PipelineSchemas.outcome(pipeline);
    Double otherwise =
        labels.otherwise() == null
            ? null
            : LabelFieldReader.number(labels.otherwise().evaluate(Map.of()));
    Drift drift = pipeline.drift();
    LabelJoin join = new LabelJoin(new OutcomeBuilder(outcomeSchema), labels.maturity(), otherwise);
    return predictions
        .keyBy(prediction -> prediction.get("event_id").toString(), Types.STRING)
        .connect(labelled.keyBy(Label::eventId, Types.STRING))
        .transform(
            "label-join",
            new GenericRecordAvroTypeInfo(outcomeSchema),
            new LabelJoinOperator(
                pipeline.name(),
                predictionSchema,
                join,
                DROP_AFTER,
                drift == null ? null : TumblingWindows.of(drift.window())))
        .uid(joinUid(pipeline, labels));
  }

  /** The share of labels of each window, and the verdict about it. */
  SingleOutputStreamOperator<CoverageDecision> coverage(
      SingleOutputStreamOperator<GenericRecord> outcomes, Labels labels, Drift drift) {
    double alpha = AlarmBudget.of(drift, 1).of(Cause.LABEL_COVERAGE);
    return outcomes
        .getSideOutput(CoverageCounter.OUTPUT)
        .transform(
            "label-coverage",
            TypeInformation.of(CoverageDecision.class),
            new CoverageOperator(
                pipeline.name(),
                TumblingWindows.of(drift.window()),
                labels.maturity().toMillis(),
                alpha,
                drift.season()))
        .uid("label-coverage-" + Fingerprint.of(drift))
        .setParallelism(1); // It adds up the counts of all tasks.
  }

  /**
   * What the monitor takes besides windows.
   *
   * @param signals results that are known later than their window, by the name of their input: of
   *     one or more causes, each in the order of its windows, of one task
   * @param acknowledgements of alerts; null if the job reads none
   * @param alerts that were published before
   */
  record Others(
      Map<String, DataStream<CauseSignal>> signals,
      @Nullable DataStream<MonitorInput> acknowledgements,
      PublishedAlerts alerts) {
    static final Others NONE = new Others(Map.of(), null, PublishedAlerts.NONE);
  }

  /** The uid of the label join, by which its state is restored. */
  static String joinUid(Pipeline pipeline, Labels labels) {
    return "label-join-" + Fingerprint.of(pipeline, labels);
  }

  /**
   * Reports windows of predictions; alerts and triggers are the side outputs of {@link
   * DriftFunction}.
   *
   * @param outcomes counted as labels to train on, if the pipeline retrains; null where it has none
   */
  SingleOutputStreamOperator<DriftReport> reports(
      DataStream<GenericRecord> predictions,
      @Nullable DataStream<GenericRecord> outcomes,
      Others others,
      ModelReference reference,
      Drift drift) {
    TumblingWindows windows = TumblingWindows.of(drift.window());
    SingleOutputStreamOperator<WindowPartial> partials =
        predictions
            .transform(
                "window-counts",
                TypeInformation.of(WindowPartial.class),
                new WindowCounter(reference.withoutBlocks(), predictionSchema, windows))
            .uid("window-counts")
            .setParallelism(predictions.getParallelism());
    String model = reference.model();
    DataStream<MonitorInput> inputs =
        partials
            .map(MonitorInput::of)
            .returns(MonitorInput.class)
            .name("monitor-counts")
            .uid("monitor-counts");
    Set<String> names = new HashSet<>(others.signals().keySet());
    for (Map.Entry<String, DataStream<CauseSignal>> each : others.signals().entrySet()) {
      inputs = inputs.union(toMonitor(each.getKey(), each.getValue(), MonitorInput::of));
    }
    if (outcomes != null && pipeline.retrain() != null) {
      names.add(LABELS);
      DataStream<LabelCount> counts = labelCounts(outcomes, reference, windows);
      inputs = inputs.union(toMonitor(LABELS, counts, MonitorInput::of));
    }
    if (others.acknowledgements() != null) {
      inputs = inputs.union(others.acknowledgements());
    }
    return inputs
        .keyBy(input -> model, Types.STRING)
        .transform(
            "drift-monitor",
            new AvroTypeInfo<>(DriftReport.class),
            new DriftOperator(model, monitor(reference, drift, names, others.alerts())))
        .uid("drift-monitor-" + Fingerprint.of(drift))
        .setParallelism(1); // All records have the same key.
  }

  /** What the coverage of windows says, for the monitor. */
  static DataStream<CauseSignal> causes(DataStream<CoverageDecision> decisions) {
    return decisions
        .<CauseSignal>flatMap((decision, out) -> CoverageSignals.of(decision).forEach(out::collect))
        .returns(CauseSignal.class)
        .name("coverage-causes")
        .uid("coverage-causes")
        .setParallelism(1);
  }

  private DataStream<LabelCount> labelCounts(
      DataStream<GenericRecord> outcomes, ModelReference reference, TumblingWindows windows) {
    long latenessMillis = latenessOfLabels().toMillis();
    long withinMillis = labelsWithin().toMillis();
    return outcomes
        .transform(
            "outcome-counts",
            TypeInformation.of(LabelCount.class),
            new WindowLabelCounter(
                reference.version(),
                withinMillis - latenessMillis,
                new DecisionTimes(windows, withinMillis, latenessMillis)))
        .uid("outcome-counts");
  }

  private <T> DataStream<MonitorInput> toMonitor(
      String name, DataStream<T> stream, SerializableFunction<T, MonitorInput> toInput) {
    return stream
        .transform(
            name,
            TypeInformation.of(MonitorInput.class),
            new SignalInput<>(name, latenessOfLabels().toMillis(), toInput))
        .uid(name)
        .setParallelism(1);
  }

  private DriftFunction monitor(
      ModelReference reference, Drift drift, Set<String> inputs, PublishedAlerts alerts) {
    RetrainingPolicy retraining =
        new RetrainingPolicy(
            reference,
            pipeline.retrain(),
            drift.recoveryWindows(),
            labelsWithin(),
            Topics.outcomes(pipeline),
            Topics.clean(pipeline, pipeline.score()));
    return new DriftFunction(
        reference,
        drift,
        retraining,
        warmUp(),
        new SignalInputs(inputs, labelsWithin().toMillis(), waitMillis),
        alerts);
  }

  private Duration labelsWithin() {
    Labels labels = pipeline.labels();
    return labels == null ? Duration.ZERO : labels.maturity().plus(latenessOfLabels());
  }

  private Duration latenessOfLabels() {
    Labels labels = pipeline.labels();
    return labels == null ? Duration.ZERO : pipeline.source(labels.from()).lateness();
  }

  /** The time that the features' windows with a bound still take to fill. */
  private Duration warmUp() {
    return pipeline.features().values().stream()
        .flatMap(view -> view.features().stream())
        .map(feature -> Duration.ofMillis(feature.window().lengthMillis()))
        .map(window -> window.minus(history))
        .filter(remaining -> !remaining.isNegative())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }
}
