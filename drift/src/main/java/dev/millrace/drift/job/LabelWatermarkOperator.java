package dev.millrace.drift.job;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelEvent;
import dev.millrace.drift.labels.SourceClock;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Emits the {@link SourceClock} of the source of labels as watermarks; it runs in one task. The
 * clocks of all partitions are restored after a restart.
 */
final class LabelWatermarkOperator extends AbstractStreamOperator<Label>
    implements OneInputStreamOperator<LabelEvent, Label>, ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;
  private static final long TICK_MILLIS = 200;

  private final Duration lateness;
  private final Duration idleTimeout;

  private transient boolean idle;
  private transient long emittedMillis;

  @SuppressWarnings("NullAway.Init")
  private transient SourceClock clock;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> watermark;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Tuple2<Integer, Long>> arrivalClocks;

  /**
   * @param lateness of the source of labels
   * @param idleTimeout wall-clock time after which a silent partition is idle
   */
  LabelWatermarkOperator(Duration lateness, Duration idleTimeout) {
    this.lateness = lateness;
    this.idleTimeout = idleTimeout;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watermark =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("watermark", Long.class));
    arrivalClocks =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("arrival-clocks", Types.TUPLE(Types.INT, Types.LONG)));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    watermark.clear();
    if (clock.watermarkMillis() != SourceClock.UNKNOWN) {
      watermark.add(clock.watermarkMillis());
    }
    arrivalClocks.clear();
    for (Map.Entry<Integer, Long> arrival : clock.arrivalClocks().entrySet()) {
      arrivalClocks.add(Tuple2.of(arrival.getKey(), arrival.getValue()));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    long reachedMillis = SourceClock.UNKNOWN;
    for (Long millis : watermark.get()) {
      reachedMillis = Math.max(reachedMillis, millis);
    }
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    clock = new SourceClock(lateness, idleTimeout, reachedMillis, nowMillis);
    for (Tuple2<Integer, Long> arrival : arrivalClocks.get()) {
      clock.see(arrival.f0, arrival.f1, nowMillis);
    }
    emittedMillis = SourceClock.UNKNOWN;
    emit();
    scheduleTick();
  }

  @Override
  public void processElement(StreamRecord<LabelEvent> element) {
    LabelEvent event = element.getValue();
    if (event.clockMillis() != LabelEvent.NO_CLOCK) {
      long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
      clock.see(event.arrival(), event.clockMillis(), nowMillis);
      emit();
    }
    if (event.label() != null) {
      output.collect(new StreamRecord<>(event.label(), event.label().timeMillis()));
    }
  }

  @Override
  public void onProcessingTime(long scheduledMillis) {
    clock.tick(scheduledMillis, getProcessingTimeService().getCurrentProcessingTime());
    emit();
    scheduleTick();
  }

  private void emit() {
    if (clock.watermarkMillis() > emittedMillis) {
      emittedMillis = clock.watermarkMillis();
      output.emitWatermark(new Watermark(emittedMillis));
    }
    if (clock.idle() != idle) {
      idle = clock.idle();
      output.emitWatermarkStatus(idle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
    }
  }

  private void scheduleTick() {
    var time = getProcessingTimeService();
    var unused = time.registerTimer(time.getCurrentProcessingTime() + TICK_MILLIS, this);
  }

  /** Only the last watermark of a bounded input passes; all others are made by this operator. */
  @Override
  public void processWatermark(Watermark watermark) {
    if (watermark.equals(Watermark.MAX_WATERMARK)) {
      output.emitWatermark(watermark);
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // SourceClock decides which partitions are idle.
  }
}
