package dev.millrace.drift.job;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Counts outcomes by the window of their prediction, so that a retraining trigger can say how many
 * labels there are. Counts go on with every watermark and before each checkpoint; watermarks do
 * not: a window is judged when predictions are complete, however late labels are.
 */
final class OutcomeCounter extends AbstractStreamOperator<WindowPartial>
    implements OneInputStreamOperator<GenericRecord, WindowPartial> {
  private static final long serialVersionUID = 1L;

  private final ReferenceId reference;
  private final long windowMillis;
  private transient Map<Long, Long> counts = new HashMap<>();

  /**
   * @param reference of the model version whose predictions' outcomes are counted
   */
  OutcomeCounter(ReferenceId reference, long windowMillis) {
    this.reference = reference;
    this.windowMillis = windowMillis;
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
    if (reference.modelVersion().contentEquals(String.valueOf(outcome.get("model_version")))) {
      long start = TumblingWindows.start(PredictionValues.eventTime(outcome), windowMillis);
      counts.merge(start, 1L, Long::sum);
    }
  }

  @Override
  public void processWatermark(Watermark watermark) {
    emit();
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // Idle for good; see open().
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
        (start, labels) ->
            output.collect(new StreamRecord<>(WindowPartial.ofLabels(reference, start, labels))));
    counts.clear();
  }
}
