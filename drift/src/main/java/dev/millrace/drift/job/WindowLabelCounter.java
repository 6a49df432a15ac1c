package dev.millrace.drift.job;

import dev.millrace.drift.policy.DecisionTimes;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.window.PredictionExtractor;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Counts outcomes by the window of their prediction and the decision that counts them first, for
 * the number of labels in a retraining trigger. It emits counts with every watermark and before
 * each checkpoint, so that it needs no state. Idle input holds back the watermark: a task that is
 * not idle any more may have outcomes before its watermark is taken into account again.
 */
final class WindowLabelCounter extends AbstractStreamOperator<LabelCount>
    implements OneInputStreamOperator<GenericRecord, LabelCount> {
  private static final long serialVersionUID = 1L;

  private final String modelVersion;
  private final long maturityMillis;
  private final DecisionTimes times;
  private transient Map<Counted, Long> counts = new HashMap<>();

  private record Counted(long startMillis, long dueMillis) {}

  /**
   * @param modelVersion only its outcomes are counted
   * @param maturityMillis time from a prediction until its label is assumed
   */
  WindowLabelCounter(String modelVersion, long maturityMillis, DecisionTimes times) {
    this.modelVersion = modelVersion;
    this.maturityMillis = maturityMillis;
    this.times = times;
  }

  @Override
  public void open() throws Exception {
    super.open();
    counts = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    GenericRecord outcome = element.getValue();
    if (modelVersion.equals(PredictionExtractor.modelVersion(outcome))) {
      long timeMillis = PredictionExtractor.eventTimeMillis(outcome);
      Long labelMillis = (Long) outcome.get("label_time");
      long knownMillis =
          labelMillis == null ? timeMillis + maturityMillis : Math.max(timeMillis, labelMillis);
      long startMillis = times.windows().startMillis(timeMillis);
      counts.merge(new Counted(startMillis, times.dueMillis(knownMillis)), 1L, Long::sum);
    }
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    emit();
    super.processWatermark(watermark);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // An idle task may still have outcomes.
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
        (each, labels) ->
            output.collect(
                new StreamRecord<>(
                    new LabelCount(modelVersion, each.startMillis, each.dueMillis, labels))));
    counts.clear();
  }
}
