package dev.millrace.drift.job;

import dev.millrace.drift.quality.QualityPartial;
import dev.millrace.drift.quality.QualityRow;
import dev.millrace.drift.quality.QualityRowReader;
import dev.millrace.drift.quality.QualitySettings;
import dev.millrace.drift.quality.WindowSlices;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * First phase of quality: counts the predictions or outcomes of this subtask in memory. It emits a
 * window's counts when the watermark has passed the window's end, and all counts before each
 * checkpoint and when there are many, so that it needs no state.
 */
final class QualityCounter extends AbstractStreamOperator<QualityPartial>
    implements OneInputStreamOperator<GenericRecord, QualityPartial> {
  private static final long serialVersionUID = 1L;

  private final QualitySettings settings;
  private final boolean waitsWhenIdle;
  private final QualityRowReader rows = new QualityRowReader();

  @SuppressWarnings("NullAway.Init")
  private transient WindowSlices open;

  /**
   * @param waitsWhenIdle true: idle input holds back the watermark. While labels are silent, no
   *     window matures, though predictions go on
   */
  QualityCounter(QualitySettings settings, boolean waitsWhenIdle) {
    this.settings = settings;
    this.waitsWhenIdle = waitsWhenIdle;
  }

  @Override
  public void open() throws Exception {
    super.open();
    open = new WindowSlices(settings.isBinary(), settings.windowMillis());
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    QualityRow row = rows.of(element.getValue());
    if (row != null) {
      open.add(row);
      if (open.isFull()) {
        open.emitAll(this::emit);
      }
    }
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    long passedMillis = watermark.getTimestamp();
    open.emitUntil(passedMillis == Long.MAX_VALUE ? passedMillis : passedMillis + 1, this::emit);
    super.processWatermark(watermark);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    if (!waitsWhenIdle) {
      super.processWatermarkStatus(status);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    open.emitAll(this::emit);
  }

  @Override
  public void finish() throws Exception {
    open.emitAll(this::emit);
    super.finish();
  }

  private void emit(QualityPartial partial) {
    output.collect(new StreamRecord<>(partial));
  }
}
