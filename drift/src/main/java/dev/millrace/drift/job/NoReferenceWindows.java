package dev.millrace.drift.job;

import dev.millrace.drift.policy.NoReferenceReports;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.NoReferencePrediction;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
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
 * Reports the windows of predictions whose model version has no reference and is not monitored,
 * keyed by version.
 */
final class NoReferenceWindows
    extends KeyedProcessFunction<String, NoReferencePrediction, DriftReport> {
  private static final long serialVersionUID = 1L;

  private final NoReferenceReports reports;
  private final TumblingWindows windows;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, Long> open;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Long> late;

  private NoReferenceWindows(NoReferenceReports reports, TumblingWindows windows) {
    this.reports = reports;
    this.windows = windows;
  }

  /** Null if the pipeline has no model file, or no drift section. */
  static @Nullable NoReferenceReports reports(Pipeline pipeline) {
    Model model = pipeline.model();
    return model == null || model.path() == null || pipeline.drift() == null
        ? null
        : new NoReferenceReports(pipeline.name(), model.name(), pipeline.drift());
  }

  /**
   * The stream of reports.
   *
   * @param reference of the model version that is monitored, whose windows are reported with its
   *     alerts; null: none is
   */
  static DataStream<DriftReport> addTo(
      DataStream<GenericRecord> predictions,
      NoReferenceReports reports,
      @Nullable ModelReference reference) {
    Drift drift = reports.drift();
    TumblingWindows windows = TumblingWindows.of(drift.window());
    String monitored = reference == null ? null : reference.version();
    boolean isCompared = reference != null && !reference.isNone();
    return predictions
        .flatMap(new Unreferenced(reports.pipeline(), monitored, isCompared, windows))
        .returns(TypeInformation.of(NoReferencePrediction.class))
        .name("without-reference")
        .uid("without-reference")
        .keyBy(NoReferencePrediction::modelVersion, Types.STRING)
        .process(new NoReferenceWindows(reports, windows), new AvroTypeInfo<>(DriftReport.class))
        .name("windows-without-reference")
        .uid("windows-without-reference-" + Fingerprint.of(drift));
  }

  @Override
  public void open(OpenContext context) {
    open =
        getRuntimeContext().getMapState(new MapStateDescriptor<>("open", Long.class, Long.class));
    late = getRuntimeContext().getState(new ValueStateDescriptor<>("late", Long.class));
  }

  @Override
  public void processElement(
      NoReferencePrediction prediction, Context context, Collector<DriftReport> out)
      throws Exception {
    long startMillis = prediction.startMillis();
    if (windows.isClosed(startMillis, context.timerService().currentWatermark())) {
      late.update(orZero(late.value()) + 1);
      return;
    }
    open.put(startMillis, orZero(open.get(startMillis)) + 1);
    context.timerService().registerEventTimeTimer(windows.closingMillis(startMillis));
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<DriftReport> out)
      throws Exception {
    long startMillis = windows.startMillis(timeMillis);
    out.collect(
        reports.of(
            context.getCurrentKey(),
            startMillis,
            orZero(open.get(startMillis)),
            orZero(late.value())));
    open.remove(startMillis);
    late.clear();
  }

  private static long orZero(@Nullable Long count) {
    return count == null ? 0 : count;
  }

  /** Counts the champion's predictions without a reference, and passes those not monitored. */
  private static final class Unreferenced
      extends RichFlatMapFunction<GenericRecord, NoReferencePrediction> {
    private static final long serialVersionUID = 1L;

    private final String pipeline;
    private final @Nullable String monitored;
    private final boolean isCompared;
    private final TumblingWindows windows;

    @SuppressWarnings("NullAway.Init")
    private transient Counter passed;

    Unreferenced(
        String pipeline, @Nullable String monitored, boolean isCompared, TumblingWindows windows) {
      this.pipeline = pipeline;
      this.monitored = monitored;
      this.isCompared = isCompared;
      this.windows = windows;
    }

    @Override
    public void open(OpenContext context) {
      passed =
          PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
              .counter("predictions_without_reference_total");
    }

    @Override
    public void flatMap(GenericRecord prediction, Collector<NoReferencePrediction> out) {
      String version = PredictionExtractor.modelVersion(prediction);
      boolean isMonitored = version.equals(monitored);
      if (!PredictionExtractor.isChampion(prediction) || (isMonitored && isCompared)) {
        return;
      }
      passed.inc();
      if (!isMonitored) {
        long timeMillis = PredictionExtractor.eventTimeMillis(prediction);
        out.collect(new NoReferencePrediction(version, windows.startMillis(timeMillis)));
      }
    }
  }
}
