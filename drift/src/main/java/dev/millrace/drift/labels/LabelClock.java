package dev.millrace.drift.labels;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * One clock for the whole source of labels, as watermarks; it runs in one task.
 *
 * <p>While partitions bring events the clock is the slowest one's. A partition that has brought
 * none for the idle timeout does not hold it back; the timeout counts from when the source as a
 * whole has resumed, or this task after it was held up, so that after an outage a partition that is
 * read a little later than another still does. When no partition brings events any more, the clock
 * goes to the newest of them and stands still, and the status is idle. It is kept over a restart.
 */
public final class LabelClock extends AbstractStreamOperator<Label>
    implements OneInputStreamOperator<LabelEvent, Label>, ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;
  private static final long TICK_MILLIS = 200;

  /** A tick that comes later than this after its time was held up, by the load or by a receiver. */
  private static final long LONGEST_DELAY_MILLIS = 1_000;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final long latenessMillis;
  private final long idleMillis;

  private transient Map<Integer, Partition> partitions = new HashMap<>();
  private transient long emittedMillis;
  private transient long resumedMillis;
  private transient boolean idle;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> emitted;

  /** How far a partition is, in event time, and when it said so, on the wall clock. */
  private record Partition(long clockMillis, long seenMillis) {}

  /**
   * @param lateness of the source of labels
   * @param idleTimeout wall-clock time after which a silent partition is left out
   */
  public LabelClock(Duration lateness, Duration idleTimeout) {
    this.latenessMillis = lateness.toMillis();
    this.idleMillis = idleTimeout.toMillis();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    emitted =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("label-clock", Long.class));
    emittedMillis = UNKNOWN;
    for (Long millis : emitted.get()) {
      emittedMillis = Math.max(emittedMillis, millis);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    emitted.clear();
    if (emittedMillis != UNKNOWN) {
      emitted.add(emittedMillis);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    partitions = new HashMap<>();
    if (emittedMillis != UNKNOWN) {
      output.emitWatermark(new Watermark(emittedMillis));
    }
    idle = true;
    output.emitWatermarkStatus(WatermarkStatus.IDLE);
    tick();
  }

  @Override
  public void processElement(StreamRecord<LabelEvent> element) {
    LabelEvent event = element.getValue();
    if (event.clockMillis() != UNKNOWN) {
      see(event.partition(), event.clockMillis());
    }
    if (event.label() != null) {
      output.collect(new StreamRecord<>(event.label(), event.label().timeMillis()));
    }
  }

  private void see(int partition, long clockMillis) {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    if (idle) {
      idle = false;
      resumedMillis = nowMillis;
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
    partitions.merge(
        partition,
        new Partition(clockMillis, nowMillis),
        (before, now) ->
            new Partition(Math.max(before.clockMillis, now.clockMillis), now.seenMillis));
  }

  @Override
  public void onProcessingTime(long scheduledMillis) {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    if (nowMillis - scheduledMillis > LONGEST_DELAY_MILLIS) {
      resumedMillis = nowMillis; // This task itself was held up: silence says nothing.
    }
    if (!idle && nowMillis - resumedMillis >= idleMillis) {
      advance(nowMillis);
    }
    tick();
  }

  private void advance(long nowMillis) {
    long slowest = Long.MAX_VALUE;
    long newest = UNKNOWN;
    for (Partition partition : partitions.values()) {
      newest = Math.max(newest, partition.clockMillis);
      if (nowMillis - partition.seenMillis < idleMillis) {
        slowest = Math.min(slowest, partition.clockMillis);
      }
    }
    boolean silent = slowest == Long.MAX_VALUE;
    // As ingest decides: an event is late when it is older than the clock less the lateness.
    emit((silent ? newest : slowest) - latenessMillis - 1);
    if (silent) {
      idle = true;
      output.emitWatermarkStatus(WatermarkStatus.IDLE);
    }
  }

  private void emit(long millis) {
    if (millis > emittedMillis) {
      emittedMillis = millis;
      output.emitWatermark(new Watermark(millis));
    }
  }

  private void tick() {
    var time = getProcessingTimeService();
    var unused = time.registerTimer(time.getCurrentProcessingTime() + TICK_MILLIS, this);
  }

  /** Only the last one counts: that of a bounded input that has ended. */
  @Override
  public void processWatermark(Watermark watermark) {
    if (watermark.equals(Watermark.MAX_WATERMARK)) {
      output.emitWatermark(watermark);
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // Of partitions, this operator judges itself.
  }
}
