package dev.millrace.drift.job;

import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.drift.window.WindowPartial;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Counts outcomes by the window of their prediction, for the number of labels in a retraining
 * trigger. It emits counts with every watermark and before each checkpoint, but emits no
 * watermarks: a window closes when predictions are complete, independent of labels.
 */
final class WindowLabelCounter extends AbstractStreamOperator<WindowPartial>
    implements OneInputStreamOperator<GenericRecord, WindowPartial> {
  private static final long serialVersionUID = 1L;

  private final ReferenceId reference;
  private final TumblingWindows windows;
  private transient Map<Long, Long> counts = new HashMap<>();

  /**
   * @param reference only outcomes of its model version are counted
   */
  WindowLabelCounter(ReferenceId reference, TumblingWindows windows) {
    this.reference = reference;
    this.windows = windows;
  }

  @Override
  public void open() throws Exception {
    super.open();
    counts = new HashMap<>();
    output.emitWatermarkStatus(WatermarkStatus.IDLE);
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    GenericRecord outcome = element.getValue();
    if (reference.modelVersion().equals(PredictionExtractor.modelVersion(outcome))) {
      long startMillis = windows.startMillis(PredictionExtractor.eventTimeMillis(outcome));
      counts.merge(startMillis, 1L, Long::sum);
    }
  }

  @Override
  public void processWatermark(Watermark watermark) {
    emit();
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // This input stays idle; see open().
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emit();
  }

  @Override
  public void finish() throws Exception {
    emit();
    super.finish();
  }

  private void emit() {
    counts.forEach(
        (startMillis, labels) ->
            output.collect(
                new StreamRecord<>(WindowPartial.ofLabels(reference, startMillis, labels))));
    counts.clear();
  }
}
