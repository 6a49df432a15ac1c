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
 * passed a window's end lets the {@link Detector} decide. Keyed by model. Partials of a window that
 * is closed are counted as late in the next report.
 */
final class DriftJudge extends KeyedProcessFunction<String, Partial, DriftReport>
    implements CheckpointedFunction {
  /** Alerts. */
  static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts", new AvroTypeInfo<>(Alert.class));

  /** Retraining triggers. */
  static final OutputTag<RetrainingTrigger> TRIGGERS =
      new OutputTag<>("retraining-triggers", new AvroTypeInfo<>(RetrainingTrigger.class));

  private static final long serialVersionUID = 1L;

  /** So many windows back a trigger can point to data: 10,000 are 14 months of hours, and 1 MB. */
  private static final long REMEMBERED_WINDOWS = 10_000;

  private final Baseline baseline;
  private final Drift drift;
  private final @Nullable Retrain retrain;
  private final String outcomesTopic;
  private final String sourceTopic;
  private final long windowMillis;
  private final long warmUpMillis;

  private transient boolean restored;

  @SuppressWarnings("NullAway.Init")
  private transient Detector detector;

  @SuppressWarnings("NullAway.Init")
  private transient Counter late;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, Partial> open;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<Long, Served> served;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Standing> standing;

  /** Start of the earliest window that the first predictions fell into. */
  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Long> begun;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Alert> alert;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<DriftReport> evidence;

  /**
   * @param warmUp how long the features' windows take to fill: windows that begin before are
   *     reported as WARMUP and call nothing
   */
  DriftJudge(
      Baseline baseline,
      Drift drift,
      @Nullable Retrain retrain,
      Duration warmUp,
      String outcomesTopic,
      String sourceTopic) {
    this.baseline = baseline;
    this.drift = drift;
    this.retrain = retrain;
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
    this.windowMillis = drift.window().toMillis();
    this.warmUpMillis = warmUp.toMillis();
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    restored = context.isRestored();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    // All state is keyed, and Flink's to keep.
  }

  @Override
  public void open(OpenContext context) {
    detector =
        new Detector(baseline, drift, new Triggers(baseline, retrain, outcomesTopic, sourceTopic));
    var runtime = getRuntimeContext();
    late = runtime.getMetricGroup().counter("predictions_late");
    open = runtime.getMapState(new MapStateDescriptor<>("open", Long.class, Partial.class));
    served = runtime.getMapState(new MapStateDescriptor<>("served", Long.class, Served.class));
    standing = runtime.getState(new ValueStateDescriptor<>("standing", Standing.class));
    begun = runtime.getState(new ValueStateDescriptor<>("begun", Long.class));
    alert = runtime.getState(new ValueStateDescriptor<>("alert", new AvroTypeInfo<>(Alert.class)));
    evidence =
        runtime.getListState(
            new ListStateDescriptor<>("evidence", new AvroTypeInfo<>(DriftReport.class)));
  }

  @Override
  public void processElement(Partial partial, Context context, Collector<DriftReport> out)
      throws Exception {
    long start = partial.startMillis();
    Standing now = current(start, context);
    Long first = begun.value();
    if (first == null || start < first) {
      begun.update(start);
    }
    Served before = served.get(start);
    served.put(start, before == null ? Served.of(partial) : before.and(Served.of(partial)));
    if (partial.samples() == 0) {
      return;
    }
    if (start + windowMillis <= now.closedMillis()
        || Windows.closed(start, windowMillis, context.timerService().currentWatermark())) {
      late.inc(partial.samples());
      standing.update(now.withLate(partial.samples()));
      return;
    }
    Partial some = open.get(start);
    open.put(
        start,
        some == null ? partial : counts(some).add(partial).toPartial(baseline.version(), start));
    context.timerService().registerEventTimeTimer(start + windowMillis - 1);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<DriftReport> out)
      throws Exception {
    long nowMillis = context.timerService().currentProcessingTime();
    long start = timeMillis + 1 - windowMillis;
    Partial all = open.get(start);
    open.remove(start);
    if (all == null || !all.modelVersion().equals(baseline.version())) {
      return; // Of a version that has been replaced, whose reference is not at hand.
    }
    Standing before = current(start, context);
    List<DriftReport> episode = new ArrayList<>();
    evidence.get().forEach(episode::add);
    Detector.Decision decision =
        detector.decide(
            new Detector.Closing(
                before,
                start,
                start < Objects.requireNonNull(begun.value()) + warmUpMillis,
                counts(all),
                episode,
                servedSince(before, start),
                nowMillis));

    standing.update(decision.standing());
    evidence.update(decision.evidence());
    out.collect(decision.report());
    tell(decision, context, nowMillis);
    if (decision.trigger() != null) {
      context.output(TRIGGERS, decision.trigger());
    }
  }

  /** What is known of the version at hand; a new version begins anew. */
  private Standing current(long start, Context context) throws Exception {
    Standing before = standing.value();
    if (before != null && before.modelVersion().equals(baseline.version())) {
      return before;
    }
    open.clear();
    served.clear();
    evidence.clear();
    Alert standingAlert = alert.value();
    if (standingAlert != null && standingAlert.getStatus() == AlertStatus.FIRING) {
      long nowMillis = context.timerService().currentProcessingTime();
      Instant at = Instant.ofEpochMilli(start);
      tell(detector.alerts().replaced(standingAlert, at, nowMillis), context);
    }
    Standing fresh =
        Standing.of(baseline.version(), before == null ? Standing.NEVER : before.triggerMillis());
    standing.update(fresh);
    return fresh;
  }

  /**
   * Sends the alert that the window brought. After a restart the one that stands is sent again, the
   * same to the last bit: the job may have said something else after its last checkpoint.
   */
  private void tell(Detector.Decision decision, Context context, long nowMillis) throws Exception {
    Alert stands = alert.value();
    if (decision.alert() != null) {
      tell(decision.alert(), context);
    } else if (restored && stands != null) {
      tell(stands, context);
    } else if (restored) {
      Instant end = decision.report().getWindowEnd();
      tell(detector.alerts().none(end, decision.report().getId(), nowMillis), context);
    }
  }

  private void tell(Alert change, Context context) throws Exception {
    restored = false;
    alert.update(change);
    context.output(ALERTS, change);
  }

  /** What was served since the last trigger, up to and with a window; forgets what is too old. */
  private Served servedSince(Standing now, long start) throws Exception {
    Served sum = Served.NOTHING;
    List<Long> forget = new ArrayList<>();
    for (Map.Entry<Long, Served> entry : served.entries()) {
      if (entry.getKey() < start - REMEMBERED_WINDOWS * windowMillis
          || entry.getKey() < now.triggerMillis()) {
        forget.add(entry.getKey());
      } else if (entry.getKey() <= start) {
        sum = sum.and(entry.getValue());
      }
    }
    for (Long old : forget) {
      served.remove(old);
    }
    return sum;
  }

  private WindowCounts counts(Partial partial) {
    return new WindowCounts(detector.references()).add(partial);
  }
}
