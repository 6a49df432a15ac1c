package dev.millrace.drift.job;

import dev.millrace.drift.profile.Reference;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First phase of the windows: counts the predictions of this subtask in memory, beside the source,
 * so that no prediction crosses the network. A window's counts go on when the watermark has passed
 * its end, and all counts go on before each checkpoint: nothing has to be kept over one.
 *
 * <p>Whether a prediction is late is not decided here but by the {@link DriftFunction}, which alone
 * knows what has been reported.
 */
final class WindowCounter extends AbstractStreamOperator<WindowPartial>
    implements OneInputStreamOperator<GenericRecord, WindowPartial> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(WindowCounter.class);

  private final ReferenceSet baseline;
  private final PredictionValues values;
  private final long windowMillis;

  private transient TreeMap<Long, WindowCounts> open = new TreeMap<>();
  private transient List<Reference> references = List.of();
  private transient @Nullable String stranger;

  @SuppressWarnings("NullAway.Init")
  private transient Counter profiled;

  @SuppressWarnings("NullAway.Init")
  private transient Counter skipped;

  WindowCounter(ReferenceSet baseline, Schema predictionSchema, long windowMillis) {
    this.baseline = baseline;
    this.values = new PredictionValues(predictionSchema, baseline.features());
    this.windowMillis = windowMillis;
  }

  @Override
  public void open() throws Exception {
    super.open();
    references = baseline.references();
    open = new TreeMap<>();
    profiled = getMetricGroup().counter("predictions_profiled");
    skipped = getMetricGroup().counter("predictions_without_reference");
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    GenericRecord prediction = element.getValue();
    if (!comparable(prediction)) {
      skipped.inc();
      return;
    }
    profiled.inc();
    long start = TumblingWindows.start(PredictionValues.eventTime(prediction), windowMillis);
    GenericRecord source = (GenericRecord) prediction.get("source");
    open.computeIfAbsent(start, s -> new WindowCounts(references))
        .add(values.of(prediction), (Integer) source.get("partition"), (Long) source.get("offset"));
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    while (!open.isEmpty()
        && TumblingWindows.closed(open.firstKey(), windowMillis, watermark.getTimestamp())) {
      emit(open.firstKey(), open.pollFirstEntry().getValue());
    }
    super.processWatermark(watermark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    open.forEach(this::emit);
    open.clear();
  }

  @Override
  public void finish() throws Exception {
    open.forEach(this::emit);
    open.clear();
    super.finish();
  }

  private void emit(long start, WindowCounts counts) {
    output.collect(new StreamRecord<>(counts.toPartial(baseline.reference(), start)));
  }

  /** Only what the champion of the reference's own version said can be compared with it. */
  private boolean comparable(GenericRecord prediction) {
    if (!"CHAMPION".contentEquals(String.valueOf(prediction.get("role")))) {
      return false;
    }
    String version = String.valueOf(prediction.get("model_version"));
    if (version.equals(baseline.version())) {
      return true;
    }
    if (!version.equals(stranger)) {
      stranger = version;
      log.warn(
          "Predictions of model version {} are not looked at for drift: the profile at hand is of version {}.",
          version,
          baseline.version());
    }
    return false;
  }
}
