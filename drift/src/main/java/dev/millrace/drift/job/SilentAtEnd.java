package dev.millrace.drift.job;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Makes a bounded stream silent where it ends, as a stream is whose producers have paused. Flink
 * ends a bounded stream with a watermark after all times: every prediction would be mature, and one
 * whose label has not come yet would count as one without a label.
 */
final class SilentAtEnd<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<T, T> {
  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(StreamRecord<T> element) {
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    if (watermark.equals(Watermark.MAX_WATERMARK)) {
      output.emitWatermarkStatus(WatermarkStatus.IDLE);
    } else {
      super.processWatermark(watermark);
    }
  }
}
