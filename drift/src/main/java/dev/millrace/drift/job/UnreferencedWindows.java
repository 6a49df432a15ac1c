package dev.millrace.drift.job;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Instant;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reports the windows of predictions that have no reference: those of a model version without a
 * training profile at hand. Each such window is one report of state {@code NO_REFERENCE}, which
 * says how many predictions were not looked at for drift.
 */
final class UnreferencedWindows extends KeyedProcessFunction<String, UnreferencedPrediction, DriftReport> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String model;
  private final Drift drift;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, Long> open;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Long> late;

  UnreferencedWindows(String pipeline, String model, Drift drift) {
    this.pipeline = pipeline;
    this.model = model;
    this.drift = drift;
  }

  /** Null where the pipeline has no model that scores, or does not ask for drift. */
  static @Nullable UnreferencedWindows of(Pipeline pipeline) {
    Model served = pipeline.model();
    return served == null || served.path() == null || pipeline.drift() == null
        ? null
        : new UnreferencedWindows(pipeline.name(), served.name(), pipeline.drift());
  }

  /**
   * The reports.
   *
   * @param baseline null: no version has a reference
   */
  static DataStream<DriftReport> reports(
      DataStream<GenericRecord> predictions, UnreferencedWindows windows, @Nullable ReferenceSet baseline) {
    String referenced = baseline == null ? null : baseline.version();
    return predictions
        .flatMap(new Unreferenced(referenced, windows.drift.window().toMillis()))
        .returns(TypeInformation.of(UnreferencedPrediction.class))
        .name("without-reference")
        .uid("without-reference")
        .keyBy(UnreferencedPrediction::modelVersion, Types.STRING)
        .process(windows, new AvroTypeInfo<>(DriftReport.class))
        .name("windows-without-reference")
        .uid("windows-without-reference-" + Fingerprint.of(windows.drift));
  }

  @Override
  public void open(OpenContext context) {
    open =
        getRuntimeContext().getMapState(new MapStateDescriptor<>("open", Long.class, Long.class));
    late = getRuntimeContext().getState(new ValueStateDescriptor<>("late", Long.class));
  }

  @Override
  public void processElement(UnreferencedPrediction uncompared, Context context, Collector<DriftReport> out)
      throws Exception {
    long start = uncompared.startMillis();
    long windowMillis = drift.window().toMillis();
    if (TumblingWindows.closed(start, windowMillis, context.timerService().currentWatermark())) {
      late.update(count(late.value()) + 1);
      return;
    }
    open.put(start, count(open.get(start)) + 1);
    context.timerService().registerEventTimeTimer(start + windowMillis - 1);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<DriftReport> out)
      throws Exception {
    long start = timeMillis + 1 - drift.window().toMillis();
    out.collect(
        report(context.getCurrentKey(), start, count(open.get(start)), count(late.value())));
    open.remove(start);
    late.clear();
  }

  private DriftReport report(String version, long startMillis, long samples, long lateSamples) {
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
        .setLate(lateSamples)
        .setAlpha(0)
        .setMinEffect(drift.minEffect())
        .setMinSamples(drift.minSamples())
        .setFeatures(List.of())
        .setOffsets(List.of())
        .setRetraining(Retraining.NOT_CONFIGURED)
        .build();
  }

  private static long count(@Nullable Long count) {
    return count == null ? 0 : count;
  }

  /** Lets the champion's predictions pass whose version has no reference. */
  private static final class Unreferenced extends RichFlatMapFunction<GenericRecord, UnreferencedPrediction> {
    private static final long serialVersionUID = 1L;

    private final @Nullable String referenced;
    private final long windowMillis;

    @SuppressWarnings("NullAway.Init")
    private transient Counter passed;

    Unreferenced(@Nullable String referenced, long windowMillis) {
      this.referenced = referenced;
      this.windowMillis = windowMillis;
    }

    @Override
    public void open(OpenContext context) {
      passed = getRuntimeContext().getMetricGroup().counter("predictions_without_reference");
    }

    @Override
    public void flatMap(GenericRecord prediction, Collector<UnreferencedPrediction> out) {
      String version = String.valueOf(prediction.get("model_version"));
      boolean champion = "CHAMPION".contentEquals(String.valueOf(prediction.get("role")));
      if (champion && !version.equals(referenced)) {
        passed.inc();
        long time = PredictionValues.eventTime(prediction);
        out.collect(new UnreferencedPrediction(version, TumblingWindows.start(time, windowMillis)));
      }
    }
  }
}
