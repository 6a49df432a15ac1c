package dev.millrace.drift.job;

import dev.millrace.drift.policy.SignalMark;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.function.SerializableFunction;

/**
 * Passes signals or counts of labels to the monitor, and how far they are as {@link SignalMark}s:
 * the monitor's watermark is that of predictions, since labels that are ahead must not close
 * windows. An input whose watermark does not move is idle, so that labels which do not arrive do
 * not hold back windows.
 *
 * @param <T> signals or counts
 */
final class SignalInput<T> extends AbstractStreamOperator<MonitorInput>
    implements OneInputStreamOperator<T, MonitorInput>, ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;
  private static final long CHECK_MILLIS = 1_000;

  private final String name;
  private final long latenessMillis;
  private final SerializableFunction<T, MonitorInput> toInput;
  private transient long movedMillis;
  private transient long completeMillis;
  private transient boolean idle;

  /**
   * @param name of the input
   * @param latenessMillis time by which the watermark of labels is behind the newest label
   * @param toInput makes the record for the monitor
   */
  SignalInput(String name, long latenessMillis, SerializableFunction<T, MonitorInput> toInput) {
    this.name = name;
    this.latenessMillis = latenessMillis;
    this.toInput = toInput;
  }

  @Override
  public void open() throws Exception {
    super.open();
    output.emitWatermarkStatus(WatermarkStatus.IDLE);
    completeMillis = Long.MIN_VALUE;
    idle = false;
    movedMillis = getProcessingTimeService().getCurrentProcessingTime();
    checkLater();
  }

  private void checkLater() {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    var unused = getProcessingTimeService().registerTimer(nowMillis + CHECK_MILLIS, this);
  }

  /** Sources repeat their progress, so a source without any for this time makes none. */
  @Override
  public void onProcessingTime(long timeMillis) {
    long unchangedMillis = getProcessingTimeService().getCurrentProcessingTime() - movedMillis;
    if (!idle && unchangedMillis >= CommonIdleness.VALID.toMillis()) {
      send(true);
    }
    checkLater();
  }

  @Override
  public void processElement(StreamRecord<T> element) {
    output.collect(new StreamRecord<>(toInput.apply(element.getValue())));
  }

  @Override
  public void processWatermark(Watermark watermark) {
    movedMillis = getProcessingTimeService().getCurrentProcessingTime();
    completeMillis =
        watermark.equals(Watermark.MAX_WATERMARK)
            ? Long.MAX_VALUE
            : watermark.getTimestamp() + latenessMillis;
    send(false);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    if (status.isIdle() != idle) {
      send(status.isIdle());
    }
  }

  @Override
  public void finish() throws Exception {
    send(true);
    super.finish();
  }

  private void send(boolean nowIdle) {
    idle = nowIdle;
    SignalMark mark = new SignalMark(name, completeMillis, nowIdle);
    output.collect(new StreamRecord<>(MonitorInput.of(mark)));
  }
}
