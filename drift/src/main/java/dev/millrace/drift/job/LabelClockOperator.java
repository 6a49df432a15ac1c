package dev.millrace.drift.job;

import java.time.Duration;
import java.util.HashMap;
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
 * One clock for the whole source of labels, as watermarks; it runs in one task.
 *
 * <p>Partitions are those that events arrived on, since each of them has its own clock. While they
 * bring events the clock is the slowest one's. A partition that has brought none for the idle
 * timeout does not hold it back, provided that it is less than the lateness behind the slowest of
 * the others, or silent for minutes: one far behind is one that is still to be read. The timeout
 * counts from when the source as a whole has resumed, or this task after it was held up or started,
 * so that after an outage a partition that is read a little later than another still does. When no
 * partition brings events any more, the clock goes to the newest of them and stands still, and the
 * status is idle. The clocks are kept over a restart.
 */
public final class LabelClockOperator extends AbstractStreamOperator<Label>
    implements OneInputStreamOperator<LabelEvent, Label>, ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;
  private static final long TICK_MILLIS = 200;

  /** A tick that comes later than this after its time was held up, by the load or by a receiver. */
  private static final long LONGEST_DELAY_MILLIS = 1_000;

  /** A silent partition is left out after that, however far it is behind. */
  private static final long LONGEST_WAIT_MILLIS = 120_000;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final long latenessMillis;
  private final long idleMillis;

  private transient Map<Integer, Partition> arrivals = new HashMap<>();
  private transient long emittedMillis;
  private transient long resumedMillis;
  private transient long activeSinceMillis;
  private transient boolean idle;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> emitted;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Tuple2<Integer, Long>> arrivalClocks;

  /** How far a partition is, in event time, and when it said so, on the wall clock. */
  private static final class Partition {
    private long clockMillis = UNKNOWN;
    private long seenMillis;

    void see(long clock, long now) {
      clockMillis = Math.max(clockMillis, clock);
      seenMillis = now;
    }
  }

  /**
   * @param lateness of the source of labels
   * @param idleTimeout wall-clock time after which a silent partition is left out
   */
  public LabelClockOperator(Duration lateness, Duration idleTimeout) {
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
    arrivalClocks =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("arrival-clocks", Types.TUPLE(Types.INT, Types.LONG)));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    emitted.clear();
    if (emittedMillis != UNKNOWN) {
      emitted.add(emittedMillis);
    }
    arrivalClocks.clear();
    for (Map.Entry<Integer, Partition> arrival : arrivals.entrySet()) {
      arrivalClocks.add(Tuple2.of(arrival.getKey(), arrival.getValue().clockMillis));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    resumedMillis = getProcessingTimeService().getCurrentProcessingTime();
    activeSinceMillis = resumedMillis;
    arrivals = new HashMap<>();
    for (Tuple2<Integer, Long> arrival : arrivalClocks.get()) {
      see(arrival.f0, arrival.f1);
    }
    if (emittedMillis != UNKNOWN) {
      output.emitWatermark(new Watermark(emittedMillis));
    }
    tick();
  }

  @Override
  public void processElement(StreamRecord<LabelEvent> element) {
    LabelEvent event = element.getValue();
    if (event.clockMillis() != UNKNOWN) {
      see(event.arrival(), event.clockMillis());
    }
    if (event.label() != null) {
      output.collect(new StreamRecord<>(event.label(), event.label().timeMillis()));
    }
  }

  private void see(int arrival, long clockMillis) {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    if (idle) {
      idle = false;
      resumedMillis = nowMillis;
      activeSinceMillis = nowMillis;
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
    arrivals.computeIfAbsent(arrival, unknown -> new Partition()).see(clockMillis, nowMillis);
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
    for (Partition partition : arrivals.values()) {
      newest = Math.max(newest, partition.clockMillis);
      if (nowMillis - partition.seenMillis < idleMillis) {
        slowest = Math.min(slowest, partition.clockMillis);
      }
    }
    if (slowest != Long.MAX_VALUE) {
      emit(withThoseFarBehind(slowest, nowMillis));
      return;
    }
    if (newest != UNKNOWN) {
      emit(newest);
    }
    idle = true;
    output.emitWatermarkStatus(WatermarkStatus.IDLE);
  }

  /** The slowest clock, those of silent partitions that are still waited for included. */
  private long withThoseFarBehind(long slowestActive, long nowMillis) {
    long slowest = slowestActive;
    for (Partition partition : arrivals.values()) {
      boolean far = partition.clockMillis <= slowestActive - latenessMillis;
      long silentSince = Math.max(partition.seenMillis, activeSinceMillis);
      if (far && nowMillis - silentSince < LONGEST_WAIT_MILLIS) {
        slowest = Math.min(slowest, partition.clockMillis);
      }
    }
    return slowest;
  }

  /** As ingest decides: an event is late when it is older than the clock less the lateness. */
  private void emit(long clockMillis) {
    long millis = clockMillis - latenessMillis - 1;
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
