package dev.millrace.drift.job;

import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Slicer;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First phase of the windows: counts the predictions of this subtask in memory, in the task of the
 * source, so that predictions are not sent over the network. It emits a window's counts when the
 * watermark has passed the window's end, and all counts before each checkpoint, so that it needs no
 * state.
 *
 * <p>{@link DriftFunction} decides whether a prediction is late, since it keeps the end of the
 * newest reported window.
 */
final class WindowCounter extends AbstractStreamOperator<WindowPartial>
    implements OneInputStreamOperator<GenericRecord, WindowPartial> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(WindowCounter.class);

  private final ModelReference reference;
  private final PredictionExtractor values;
  private final TumblingWindows windows;

  private transient TreeMap<Long, WindowCounts> open = new TreeMap<>();
  private transient List<? extends CountedFeature> features = List.of();
  private transient Slicer slicer = Slicer.EMPTY;
  private transient @Nullable String otherVersion;

  @SuppressWarnings("NullAway.Init")
  private transient Counter profiled;

  @SuppressWarnings("NullAway.Init")
  private transient Counter skipped;

  WindowCounter(ModelReference reference, Schema predictionSchema, TumblingWindows windows) {
    this.reference = reference;
    this.values = new PredictionExtractor(predictionSchema, reference.features());
    this.windows = windows;
  }

  @Override
  public void open() throws Exception {
    super.open();
    features = reference.counted();
    slicer = reference.slicer(features);
    open = new TreeMap<>();
    MetricGroup metrics = PipelineMetrics.of(getMetricGroup(), reference.pipeline());
    profiled = metrics.counter("predictions_profiled_total");
    skipped = metrics.counter("predictions_without_reference_total");
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    GenericRecord prediction = element.getValue();
    if (!isComparable(prediction)) {
      skipped.inc();
      return;
    }
    profiled.inc();
    long startMillis = windows.startMillis(PredictionExtractor.eventTimeMillis(prediction));
    WindowCounts counts =
        open.computeIfAbsent(startMillis, s -> new WindowCounts(features, slicer));
    counts.add(
        values.of(prediction),
        PredictionExtractor.partition(prediction),
        PredictionExtractor.offset(prediction));
    values.deliver(prediction, counts.delivery());
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    while (!open.isEmpty() && windows.isClosed(open.firstKey(), watermark.getTimestamp())) {
      emit(open.firstKey(), open.pollFirstEntry().getValue());
    }
    super.processWatermark(watermark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emitAll();
  }

  @Override
  public void finish() throws Exception {
    emitAll();
    super.finish();
  }

  private void emitAll() {
    open.forEach(this::emit);
    open.clear();
  }

  private void emit(long startMillis, WindowCounts counts) {
    output.collect(new StreamRecord<>(counts.toPartial(reference.id(), startMillis)));
  }

  /** Only the champion's predictions of the reference's own version are compared with it. */
  private boolean isComparable(GenericRecord prediction) {
    if (!PredictionExtractor.isChampion(prediction)) {
      return false;
    }
    String version = PredictionExtractor.modelVersion(prediction);
    if (version.equals(reference.version())) {
      return true;
    }
    logOnce(version);
    return false;
  }

  private void logOnce(String version) {
    if (!version.equals(otherVersion)) {
      otherVersion = version;
      log.warn(
          "Predictions of model version {} are not checked for drift: the training profile is of version {}.",
          version,
          reference.version());
    }
  }
}
