package dev.millrace.drift.job;

import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Runs a {@link LabelJoin} by two clocks. Timers follow the clock of labels alone: a prediction
 * matures when labels are complete, however far predictions are. While labels are silent their
 * clock stands still; only when they have been so for long on the wall clock, and predictions are
 * {@link JoinClocks#giveUpMillis} ahead of it, do timers follow predictions at that distance, so that
 * state has a bound.
 *
 * <p>After a change of maturity all that waits is timed anew.
 */
public final class LabelJoinOperator
    extends KeyedCoProcessOperator<String, GenericRecord, Label, GenericRecord> {
  private static final long serialVersionUID = 1L;
  private static final int LABELS = 1;

  private final Duration giveUpAfter;

  @SuppressWarnings("NullAway.Init")
  private transient JoinClocks clocks;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> maturity;

  /**
   * @param giveUpAfter wall-clock time of silent labels after which predictions are given up
   */
  public LabelJoinOperator(LabelJoin join, Duration giveUpAfter) {
    super(join);
    this.giveUpAfter = giveUpAfter;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    maturity =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("maturity", Long.class));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    maturity.clear();
    maturity.add(join().maturityMillis());
  }

  @Override
  public void open() throws Exception {
    boolean logs = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
    clocks =
        new JoinClocks(
            join().maturityMillis(),
            giveUpAfter,
            () -> getProcessingTimeService().getCurrentProcessingTime(),
            getMetricGroup(),
            logs);
    join().use(clocks);
    super.open();
    for (Long before : maturity.get()) {
      if (before != join().maturityMillis()) {
        timeAnew();
        break;
      }
    }
  }

  private LabelJoin join() {
    return (LabelJoin) userFunction;
  }

  private void timeAnew() throws Exception {
    InternalTimerService<VoidNamespace> timers =
        getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
    forAllKeys(
        LabelJoin.waiting(join().predictionSchema()),
        waiting -> register(timers, join().matureMillis(waiting.value())));
    forAllKeys(LabelJoin.HELD, held -> register(timers, join().releaseMillis(held.value())));
  }

  private static void register(InternalTimerService<VoidNamespace> timers, long millis) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, millis);
  }

  private <T> void forAllKeys(ValueStateDescriptor<T> descriptor, StateAction<ValueState<T>> action)
      throws Exception {
    getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            descriptor,
            (key, state) -> action.on(state));
  }

  private interface StateAction<S extends State> {
    void on(S state) throws Exception;
  }

  @Override
  public void processWatermark1(Watermark watermark) throws Exception {
    clocks.predictions(watermark.getTimestamp());
    advance();
  }

  @Override
  public void processWatermark2(Watermark watermark) throws Exception {
    clocks.labels(watermark.getTimestamp());
    advance();
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input == LABELS) {
      clocks.labelsSilent(status.isIdle());
      advance();
    }
  }

  private void advance() throws Exception {
    if (clocks.advance()) {
      super.processWatermark(new Watermark(clocks.timersMillis()));
    }
  }
}
