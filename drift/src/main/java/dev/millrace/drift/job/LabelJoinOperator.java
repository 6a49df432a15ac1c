package dev.millrace.drift.job;

import dev.millrace.drift.labels.JoinClocks;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link LabelJoinFunction} with two clocks. Timers follow the clock of labels alone: a
 * prediction matures when labels are complete, independent of the clock of predictions. While
 * labels are silent their clock does not move. If they are silent on the wall clock for longer than
 * {@code dropAfter} and predictions are {@link JoinClocks#longestLeadMillis} ahead, timers follow
 * predictions at that distance, so that state is bounded.
 *
 * <p>After a change of maturity the timers of all waiting predictions and labels are set again.
 */
final class LabelJoinOperator
    extends KeyedCoProcessOperator<String, GenericRecord, Label, GenericRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(LabelJoinOperator.class);
  private static final int LABELS = 1;
  private static final double MILLIS_PER_SECOND = 1_000;

  private final Duration dropAfter;

  @SuppressWarnings("NullAway.Init")
  private transient JoinClocks clocks;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> maturity;

  private transient boolean logs;
  private transient boolean stalled;
  private transient boolean labelsIdle;
  private transient boolean predictionsIdle;
  private transient boolean outcomesIdle;
  private transient long passedMillis;

  /**
   * @param dropAfter wall-clock time of silent labels after which predictions are dropped
   */
  LabelJoinOperator(LabelJoinFunction function, Duration dropAfter) {
    super(function);
    this.dropAfter = dropAfter;
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
    // All subtasks have the same clocks, so only the first one logs.
    passedMillis = Long.MIN_VALUE;
    logs = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
    clocks =
        new JoinClocks(
            join().maturityMillis(),
            dropAfter,
            () -> getProcessingTimeService().getCurrentProcessingTime());
    MetricGroup metrics = PipelineMetrics.of(getMetricGroup(), function().pipeline());
    metrics.gauge("labels_stalled", (Gauge<Integer>) () -> clocks.stalled() ? 1 : 0);
    metrics.gauge(
        "labels_behind_seconds", (Gauge<Double>) () -> clocks.behindMillis() / MILLIS_PER_SECOND);
    function().use(clocks);
    super.open();
    for (Long before : maturity.get()) {
      if (before != join().maturityMillis()) {
        resetTimers();
        break;
      }
    }
  }

  private LabelJoinFunction function() {
    return (LabelJoinFunction) userFunction;
  }

  private LabelJoin join() {
    return function().join();
  }

  private void resetTimers() throws Exception {
    InternalTimerService<VoidNamespace> timers =
        getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
    forAllKeys(
        LabelJoinFunction.prediction(function().predictionSchema()),
        waiting -> register(timers, join().matureMillis(waiting.value())));
    forAllKeys(
        LabelJoinFunction.LABEL,
        waiting -> register(timers, join().releaseMillis(waiting.value())));
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
      labelsIdle = status.isIdle();
      clocks.labelsSilent(labelsIdle);
    } else {
      predictionsIdle = status.isIdle();
    }
    advance();
  }

  /**
   * The timers follow their own clock. The watermark of the output is what both inputs have passed:
   * the outcomes that were known until then have been made.
   */
  private void advance() throws Exception {
    boolean moved = clocks.advance();
    logStall();
    if (moved && getTimeServiceManager().isPresent()) {
      getTimeServiceManager().get().advanceWatermark(new Watermark(clocks.timersMillis()));
    }
    emitProgress();
  }

  /**
   * What both inputs have passed. It is idle while the input that is behind is, since no other
   * moves it. Flink drops the watermarks of an idle output.
   */
  private void emitProgress() {
    boolean wasIdle = outcomesIdle;
    boolean hasMoved = clocks.outcomesMillis() > passedMillis;
    outcomesIdle =
        (labelsIdle && !clocks.labelsAreAhead())
            || (predictionsIdle && !clocks.predictionsAreAhead());
    if (wasIdle && (hasMoved || !outcomesIdle)) {
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
    if (hasMoved) {
      passedMillis = clocks.outcomesMillis();
      output.emitWatermark(new Watermark(passedMillis));
    }
    if (outcomesIdle && (hasMoved || !wasIdle)) {
      output.emitWatermarkStatus(WatermarkStatus.IDLE);
    }
  }

  private void logStall() {
    if (logs && clocks.stalled() != stalled) {
      if (clocks.stalled()) {
        log.warn(
            "No labels: they are {} s of event time behind predictions. Predictions wait for labels, and are dropped without an outcome when they are {} s ahead. Check that the source of labels has events and that ingest reads it.",
            clocks.behindMillis() / MILLIS_PER_SECOND,
            clocks.longestLeadMillis() / MILLIS_PER_SECOND);
      } else {
        log.info("Labels come again, up to {}.", Instant.ofEpochMilli(clocks.labelsMillis()));
      }
    }
    stalled = clocks.stalled();
  }
}
