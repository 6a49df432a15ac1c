package dev.millrace.drift.job;

import dev.millrace.drift.policy.CauseSignal;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Passes signals to the monitor without their watermarks: a window of predictions closes when
 * predictions are complete, however late the labels are that signals wait for.
 */
final class SignalInput extends AbstractStreamOperator<MonitorInput>
    implements OneInputStreamOperator<CauseSignal, MonitorInput> {
  private static final long serialVersionUID = 1L;

  @Override
  public void open() throws Exception {
    super.open();
    output.emitWatermarkStatus(WatermarkStatus.IDLE);
  }

  @Override
  public void processElement(StreamRecord<CauseSignal> signal) {
    output.collect(new StreamRecord<>(MonitorInput.of(signal.getValue())));
  }

  @Override
  public void processWatermark(Watermark watermark) {
    // The monitor's time is that of predictions.
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // This input stays idle; see open().
  }
}
