package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Second phase of the windows: adds up the partials of all subtasks, and when the watermark has
 * passed a window's end lets the {@link WindowEvaluator} decide. Keyed by model. Partials of a window that
 * is closed are counted as late in the next report; those that were counted against another
 * reference than the one at hand are dropped and counted, since their cells are others.
 */
final class DriftFunction extends KeyedProcessFunction<String, WindowPartial, DriftReport>
    implements CheckpointedFunction {
  /** Alerts. */
  static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts", new AvroTypeInfo<>(Alert.class));

  /** Retraining triggers. */
  static final OutputTag<RetrainingTrigger> TRIGGERS =
      new OutputTag<>("retraining-triggers", new AvroTypeInfo<>(RetrainingTrigger.class));

  private static final long serialVersionUID = 1L;

  private final ReferenceSet baseline;
  private final Drift drift;
  private final @Nullable Retrain retrain;
  private final String outcomesTopic;
  private final String sourceTopic;
  private final long windowMillis;
  private final long warmUpMillis;
  private final Duration labelsWithin;

  private transient boolean restored;

  @SuppressWarnings("NullAway.Init")
  private transient WindowEvaluator detector;

  @SuppressWarnings("NullAway.Init")
  private transient Counter late;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, WindowPartial> open;

  @SuppressWarnings("NullAway.Init")
  private transient Counter foreign;

  /** Of windows that are not closed yet. */
  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, PredictionCounts> served;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<AvailableData> available;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<ModelStatus> standing;

  @SuppressWarnings("NullAway.Init")
  private transient WarmUp warmUp;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Alert> alert;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<DriftReport> evidence;

  /**
   * @param warmUp how long the features' windows take to fill: windows that begin before are
   *     reported as WARMUP and call nothing
   * @param labelsWithin how long after a prediction its label may come
   */
  DriftFunction(
      ReferenceSet baseline,
      Drift drift,
      @Nullable Retrain retrain,
      Duration warmUp,
      Duration labelsWithin,
      String outcomesTopic,
      String sourceTopic) {
    this.baseline = baseline;
    this.drift = drift;
    this.retrain = retrain;
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
    this.windowMillis = drift.window().toMillis();
    this.warmUpMillis = warmUp.toMillis();
    this.labelsWithin = labelsWithin;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    restored = context.isRestored();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {} // All state is keyed.

  @Override
  public void open(OpenContext context) {
    detector =
        new WindowEvaluator(
            baseline,
            drift,
            new RetrainingPolicy(baseline, retrain, labelsWithin, outcomesTopic, sourceTopic));
    var runtime = getRuntimeContext();
    late = runtime.getMetricGroup().counter("predictions_late");
    open = runtime.getMapState(new MapStateDescriptor<>("open", Long.class, WindowPartial.class));
    foreign = runtime.getMetricGroup().counter("predictions_of_other_references");
    available = runtime.getState(new ValueStateDescriptor<>("available", AvailableData.class));
    served = runtime.getMapState(new MapStateDescriptor<>("served", Long.class, PredictionCounts.class));
    standing = runtime.getState(new ValueStateDescriptor<>("standing", ModelStatus.class));
    warmUp = new WarmUp(runtime, drift.minSamples(), warmUpMillis);
    alert = runtime.getState(new ValueStateDescriptor<>("alert", new AvroTypeInfo<>(Alert.class)));
    evidence =
        runtime.getListState(
            new ListStateDescriptor<>("evidence", new AvroTypeInfo<>(DriftReport.class)));
  }

  @Override
  public void processElement(WindowPartial partial, Context context, Collector<DriftReport> out)
      throws Exception {
    if (!partial.reference().equals(baseline.reference())) {
      foreign.inc(partial.samples());
      return;
    }
    long start = partial.startMillis();
    ModelStatus now = current(start, context);
    count(PredictionCounts.of(partial), now);
    if (partial.samples() == 0) {
      return;
    }
    if (isReported(start, now)
        || TumblingWindows.closed(start, windowMillis, context.timerService().currentWatermark())) {
      late.inc(partial.samples());
      standing.update(now.withLate(partial.samples()));
      return;
    }
    WindowPartial some = open.get(start);
    open.put(
        start,
        some == null ? partial : counts(some).add(partial).toPartial(baseline.reference(), start));
    context.timerService().registerEventTimeTimer(start + windowMillis - 1);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<DriftReport> out)
      throws Exception {
    long nowMillis = context.timerService().currentProcessingTime();
    long start = timeMillis + 1 - windowMillis;
    ModelStatus before = current(start, context);
    WindowPartial all = open.get(start);
    open.remove(start);
    if (all == null) {
      return; // Of a reference that has been replaced.
    }
    List<DriftReport> episode = new ArrayList<>();
    evidence.get().forEach(episode::add);
    PredictionCounts inWindow = Objects.requireNonNull(served.get(start));
    served.remove(start);
    WindowEvaluator.Decision decision =
        detector.decide(
            new WindowEvaluator.Closing(
                before,
                start,
                warmUp.covers(start, all.samples()),
                counts(all),
                episode,
                availableBefore(start, before),
                inWindow,
                nowMillis));

    standing.update(decision.standing());
    evidence.update(decision.evidence());
    available.update(decision.available());
    out.collect(decision.report());
    tell(decision, context);
    if (decision.trigger() != null) {
      context.output(TRIGGERS, decision.trigger());
    }
  }

  /** What is known of the reference at hand; another one begins anew, all at once. */
  private ModelStatus current(long start, Context context) throws Exception {
    ModelStatus before = standing.value();
    if (before != null && before.reference().equals(baseline.reference())) {
      return before;
    }
    ModelStatus fresh =
        before == null
            ? ModelStatus.of(baseline.reference())
            : before.replacedBy(baseline.reference());
    standing.update(fresh);
    if (before != null) {
      drop(before, start, context);
    }
    return fresh;
  }

  private void drop(ModelStatus before, long start, Context context) throws Exception {
    for (WindowPartial dropped : open.values()) {
      foreign.inc(dropped.samples());
    }
    open.clear();
    evidence.clear();
    if (before.reference().modelVersion().equals(baseline.version())) {
      available.update(available().withoutDrift());
    } else {
      served.clear();
      available.clear();
    }
    Alert firing = alert.value();
    if (firing != null && firing.getStatus() == AlertStatus.FIRING) {
      long nowMillis = context.timerService().currentProcessingTime();
      tell(detector.alerts().replaced(firing, Instant.ofEpochMilli(start), nowMillis), context);
    }
  }

  private boolean isReported(long start, ModelStatus now) {
    return start + windowMillis <= now.closedMillis();
  }

  /**
   * Sends the alert that the window brought. After a restart the one that stands is sent again, the
   * same to the last bit: the job may have said something else after its last checkpoint.
   */
  private void tell(WindowEvaluator.Decision decision, Context context) throws Exception {
    Alert due = decision.alert() == null && restored ? alert.value() : decision.alert();
    if (due != null) {
      tell(due, context);
    }
  }

  private void tell(Alert change, Context context) throws Exception {
    restored = false;
    alert.update(change);
    context.output(ALERTS, change);
  }

  /** Counts what was served, and labels of it, with the window's own or where that has gone. */
  private void count(PredictionCounts some, ModelStatus now) throws Exception {
    long start = some.fromMillis();
    if (isReported(start, now)) {
      available.update(available().andLate(some, now.triggerMillis()));
    } else {
      PredictionCounts before = served.get(start);
      served.put(start, before == null ? some : before.and(some));
    }
  }

  /** Adds up the windows before one that is closing; those without predictions did not close. */
  private AvailableData availableBefore(long start, ModelStatus now) throws Exception {
    AvailableData sum = available();
    for (var entries = served.iterator(); entries.hasNext(); ) {
      Map.Entry<Long, PredictionCounts> entry = entries.next();
      if (entry.getKey() < start) {
        sum = sum.andLate(entry.getValue(), now.triggerMillis());
        entries.remove();
      }
    }
    return sum;
  }

  private AvailableData available() throws Exception {
    AvailableData some = available.value();
    return some == null ? AvailableData.NOTHING : some;
  }

  private WindowCounts counts(WindowPartial partial) {
    return new WindowCounts(detector.references()).add(partial);
  }
}
