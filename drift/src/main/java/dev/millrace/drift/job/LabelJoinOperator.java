package dev.millrace.drift.job;

import dev.millrace.drift.coverage.CoverageUpdate;
import dev.millrace.drift.labels.JoinClocks;
import dev.millrace.drift.labels.JoinEntry;
import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link LabelJoin} over keyed state with two clocks: predictions are the first input,
 * labels the second. Timers follow the clock of labels alone: a prediction matures when labels are
 * complete, independent of the clock of predictions. While labels are silent their clock does not
 * move. If they are silent on the wall clock for longer than {@code dropAfter} and predictions are
 * {@link JoinClocks#longestLeadMillis} ahead, timers follow predictions at that distance, so that
 * state is bounded.
 *
 * <p>After a change of maturity the timers of all waiting predictions and labels are set again.
 */
final class LabelJoinOperator extends AbstractStreamOperator<GenericRecord>
    implements TwoInputStreamOperator<GenericRecord, Label, GenericRecord> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(LabelJoinOperator.class);
  private static final ValueStateDescriptor<byte[]> EVENT =
      new ValueStateDescriptor<>("event", BytePrimitiveArraySerializer.INSTANCE);
  private static final int LABELS = 1;
  private static final double MILLIS_PER_SECOND = 1_000;

  private final String pipeline;
  private final Schema predictionSchema;
  private final LabelJoin join;
  private final Duration dropAfter;
  private final @Nullable TumblingWindows windows;

  @SuppressWarnings("NullAway.Init")
  private transient JoinClocks clocks;

  @SuppressWarnings("NullAway.Init")
  private transient JoinCounters counters;

  @SuppressWarnings("NullAway.Init")
  private transient JoinOperatorState restored;

  @SuppressWarnings("NullAway.Init")
  private transient TimerStore store;

  @SuppressWarnings("NullAway.Init")
  private transient EventTimers timers;

  @SuppressWarnings("NullAway.Init")
  private transient EntryCodec codec;

  @SuppressWarnings("NullAway.Init")
  private transient KeyedEvent event;

  private transient @Nullable CoverageCounter coverage;

  private transient boolean logs;
  private transient boolean stalled;
  private transient boolean labelsIdle;
  private transient boolean predictionsIdle;
  private transient boolean outcomesIdle;
  private transient long passedMillis;

  /**
   * @param pipeline name of the pipeline, for metrics
   * @param predictionSchema of the first input
   * @param dropAfter wall-clock time of silent labels after which predictions are dropped
   * @param windows of the coverage in {@link CoverageCounter#OUTPUT}; null: it is not counted
   */
  LabelJoinOperator(
      String pipeline,
      Schema predictionSchema,
      LabelJoin join,
      Duration dropAfter,
      @Nullable TumblingWindows windows) {
    this.pipeline = pipeline;
    this.predictionSchema = predictionSchema;
    this.join = join;
    this.dropAfter = dropAfter;
    this.windows = windows;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = new JoinOperatorState(context.getOperatorStateStore());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (coverage != null) {
      coverage.send();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    timers.write();
    restored.write(join.maturityMillis(), codec, timers, clocks, ownKeyGroups());
    super.snapshotState(context);
  }

  @Override
  public void open() throws Exception {
    super.open();
    // All subtasks have the same clocks, so only the first one logs.
    passedMillis = Long.MIN_VALUE;
    TaskInfo task = getRuntimeContext().getTaskInfo();
    logs = task.getIndexOfThisSubtask() == 0;
    clocks =
        new JoinClocks(
            join.maturityMillis(),
            dropAfter,
            () -> getProcessingTimeService().getCurrentProcessingTime());
    MetricGroup metrics = PipelineMetrics.of(getMetricGroup(), pipeline);
    metrics.gauge("labels_stalled", (Gauge<Integer>) () -> clocks.stalled() ? 1 : 0);
    metrics.gauge(
        "labels_behind_seconds", (Gauge<Double>) () -> clocks.behindMillis() / MILLIS_PER_SECOND);
    counters = new JoinCounters(metrics);
    store = new TimerStore(getKeyedStateBackend(), task);
    timers = new EventTimers(store, task.getMaxNumberOfParallelSubtasks());
    codec = new EntryCodec(predictionSchema);
    coverage = windows == null ? null : new CoverageCounter(windows, task, this::emit);
    event = new KeyedEvent(getPartitionedState(EVENT), codec, timers, counters, coverage);
    store.restoreInto(timers);
    if (restored.readInto(codec, timers, clocks, ownKeyGroups(), join.maturityMillis())) {
      resetTimers();
    }
  }

  private KeyGroupRange ownKeyGroups() {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        task.getMaxNumberOfParallelSubtasks(),
        task.getNumberOfParallelSubtasks(),
        task.getIndexOfThisSubtask());
  }

  private void resetTimers() throws Exception {
    getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            EVENT,
            (key, state) -> {
              KeyedEvent each = event((String) key);
              JoinEntry entry = each.entry();
              if (entry instanceof JoinEntry.Waiting waiting) {
                each.timer(join.matureMillis(waiting.prediction()));
              } else if (entry instanceof Label label) {
                each.timer(join.releaseMillis(label));
              }
            });
  }

  private KeyedEvent event(String id) {
    return event.of(id, store.keyGroup(id));
  }

  /** The count of a result in this subtask since its start. */
  long count(JoinResult result) {
    return counters.get(result);
  }

  @Override
  public void processElement1(StreamRecord<GenericRecord> element) {
    GenericRecord prediction = element.getValue();
    emit(join.prediction(prediction, event((String) getCurrentKey()), clocks));
  }

  @Override
  public void processElement2(StreamRecord<Label> element) {
    emit(join.label(element.getValue(), event((String) getCurrentKey())));
  }

  private void onTimer(EventTimer timer) {
    setCurrentKey(timer.id());
    event.of(timer.id(), timer.keyGroup());
    if (timer.deletes()) {
      event.entry(null);
    } else {
      emit(join.timer(timer.dueMillis(), event, clocks));
    }
  }

  private void emit(CoverageUpdate update) {
    output.collect(CoverageCounter.OUTPUT, new StreamRecord<>(update));
  }

  private void emit(@Nullable GenericRecord outcome) {
    if (outcome != null) {
      output.collect(new StreamRecord<>(outcome));
    }
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
    if (moved) {
      timers.advance(clocks.timersMillis(), this::onTimer);
    }
    if (coverage != null) {
      coverage.advance(clocks);
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
