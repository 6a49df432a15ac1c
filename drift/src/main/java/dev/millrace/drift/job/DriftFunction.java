package dev.millrace.drift.job;

import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.Agenda;
import dev.millrace.drift.policy.Agenda.Item;
import dev.millrace.drift.policy.DriftMonitor;
import dev.millrace.drift.policy.MonitorState;
import dev.millrace.drift.policy.RetrainingPolicy;
import dev.millrace.drift.policy.SignalInputs;
import dev.millrace.drift.policy.WindowDecision;
import dev.millrace.drift.policy.WindowResults;
import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.FirstPeriod.Cut;
import dev.millrace.drift.window.OpenWindows;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Second phase of the windows: adds up the partials of all subtasks, and hands each window to the
 * {@link DriftMonitor} when the watermark has passed its end. Partials that were counted against
 * another reference are dropped and counted, since their bins differ. Signals and labels go to the
 * same monitor, in the order of an {@link Agenda}, and acknowledgements as they come. The only key
 * is the model; its state is kept in memory and written before each checkpoint by {@link
 * DriftOperator}.
 */
final class DriftFunction extends KeyedProcessFunction<String, MonitorInput, DriftReport>
    implements CheckpointedFunction {
  /** Alerts. */
  static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts", new AvroTypeInfo<>(Alert.class));

  /** Retraining triggers. */
  static final OutputTag<RetrainingTrigger> TRIGGERS =
      new OutputTag<>("retraining-triggers", new AvroTypeInfo<>(RetrainingTrigger.class));

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(DriftFunction.class);

  private final ModelReference reference;
  private final Drift drift;
  private final RetrainingPolicy retraining;
  private final Duration warmUp;
  private final SignalInputs inputs;
  private final PublishedAlerts published;

  private transient boolean restored;
  private transient @Nullable FirstReference first;
  private transient @Nullable DriftMonitor monitor;

  @SuppressWarnings("NullAway.Init")
  private transient DriftKeyedState state;

  @SuppressWarnings("NullAway.Init")
  private transient OpenWindows open;

  @SuppressWarnings("NullAway.Init")
  private transient Agenda agenda;

  @SuppressWarnings("NullAway.Init")
  private transient Comparisons comparisons;

  @SuppressWarnings("NullAway.Init")
  private transient Counter late;

  @SuppressWarnings("NullAway.Init")
  private transient Counter ofOtherReferences;

  /**
   * @param warmUp see {@link DriftMonitor}
   */
  DriftFunction(
      ModelReference reference,
      Drift drift,
      RetrainingPolicy retraining,
      Duration warmUp,
      SignalInputs inputs,
      PublishedAlerts published) {
    this.reference = reference;
    this.drift = drift;
    this.retraining = retraining;
    this.warmUp = warmUp;
    this.inputs = inputs;
    this.published = published;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    restored = context.isRestored();
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    MetricGroup metrics = PipelineMetrics.of(runtime.getMetricGroup(), reference.pipeline());
    late = metrics.counter("predictions_late_total");
    ofOtherReferences = metrics.counter("predictions_of_other_references_total");
    state = new DriftKeyedState(runtime);
    List<? extends CountedFeature> counted = reference.counted();
    open = new OpenWindows(reference.id(), counted, reference.slicer(counted), state);
    first = reference.uncut().isEmpty() ? null : new FirstReference(reference, drift, runtime);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    if (monitor != null) {
      open.flush();
      state.write(monitor.state());
      state.write(agenda);
      comparisons.write(state);
    }
  }

  @Override
  public void processElement(MonitorInput input, Context context, Collector<DriftReport> out)
      throws Exception {
    if (input.partial() != null) {
      add(input.partial(), context);
    } else if (input.signal() != null) {
      monitor(context);
      context.timerService().registerEventTimeTimer(agenda.add(input.signal()));
      advance(context, out);
    } else if (input.labels() != null) {
      monitor(context);
      agenda.add(input.labels());
    } else if (input.mark() != null) {
      monitor(context);
      agenda.mark(input.mark());
      advance(context, out);
    } else if (input.acknowledgement() != null) {
      acknowledge(input.acknowledgement(), context);
    }
  }

  private void acknowledge(Acknowledgement acknowledgement, Context context) throws Exception {
    Alert alert = monitor(context).acknowledge(acknowledgement, now(context));
    if (alert == null) {
      log.info(
          "The acknowledgement of {} since {} is not of an episode that lasts, or not the first of it. It counts if that episode begins later.",
          acknowledgement.key(),
          Instant.ofEpochMilli(acknowledgement.sinceMillis()));
    } else {
      context.output(ALERTS, alert);
    }
  }

  private void add(WindowPartial partial, Context context) throws Exception {
    if (!partial.reference().equals(reference.id())) {
      ofOtherReferences.inc(partial.samples());
      return;
    }
    long startMillis = partial.startMillis();
    boolean inTime =
        monitor(context).add(partial.counts(), context.timerService().currentWatermark());
    if (inTime) {
      open.add(partial);
      context.timerService().registerEventTimeTimer(agenda.add(startMillis));
    } else {
      late.inc(partial.samples());
    }
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<DriftReport> out)
      throws Exception {
    monitor(context);
    advance(context, out);
  }

  /** Decides about all that is complete. */
  private void advance(Context context, Collector<DriftReport> out) throws Exception {
    agenda.predictions(
        context.timerService().currentWatermark(), context.timerService().currentProcessingTime());
    for (Item item = agenda.next(); item != null; item = agenda.next()) {
      if (item instanceof Agenda.Window window) {
        WindowCounts counts = Objects.requireNonNull(open.close(window.startMillis()));
        write(decide(monitor(context), window.startMillis(), counts, context), context, out);
      } else if (item instanceof Agenda.Signal signal) {
        write(monitor(context).signal(signal.signal(), now(context)), context, out);
      } else if (item instanceof Agenda.Labels labels) {
        monitor(context).labels(labels.count());
      }
    }
  }

  private WindowDecision decide(
      DriftMonitor model, long startMillis, WindowCounts counts, Context context) throws Exception {
    if (reference.isNone()) {
      WindowDecision decision = model.close(startMillis, counts, WindowResults.NONE, now(context));
      Objects.requireNonNull(decision.report()).setReferenceMissing(0);
      return decision;
    }
    FirstReference ofFirst = first;
    if (ofFirst == null) {
      return comparisons.close(model, startMillis, counts, now(context));
    }
    DriftMonitor current = model;
    if (ofFirst.endsBefore(startMillis)) {
      current = monitorOf(present(), model.state(), false);
      current.replaceReference(now(context)).forEach(alert -> context.output(ALERTS, alert));
      current.adopt(model, now(context)).forEach(alert -> context.output(ALERTS, alert));
      comparisons.replace(present());
      monitor = current;
    }
    Cut cut = ofFirst.cut();
    if (cut != null) {
      return comparisons.close(current, startMillis, cut.of(counts), now(context));
    }
    WindowDecision decision = current.close(startMillis, counts, WindowResults.NONE, now(context));
    DriftReport report = Objects.requireNonNull(decision.report());
    if (current.isWarm(startMillis)) {
      ofFirst.add(startMillis, counts);
      report.setState(DriftState.CALIBRATING);
    }
    report.setReferenceMissing(0);
    return decision;
  }

  private static void write(WindowDecision decision, Context context, Collector<DriftReport> out) {
    if (decision.report() != null) {
      out.collect(decision.report());
    }
    decision.slices().forEach(out::collect);
    decision.alerts().forEach(alert -> context.output(ALERTS, alert));
    if (decision.trigger() != null) {
      context.output(TRIGGERS, decision.trigger());
    }
  }

  private static long now(Context context) {
    return context.timerService().currentProcessingTime();
  }

  /** The monitor with the state of an earlier run, read at the first record after the start. */
  private DriftMonitor monitor(Context context) throws Exception {
    DriftMonitor present = monitor;
    if (present != null) {
      return present;
    }
    if (first != null) {
      first.restore();
    }
    DriftMonitor model = monitorOf(present(), state.read(), restored);
    if (model.isOfOtherReference()) {
      ofOtherReferences.inc(state.dropWindows());
      model.replaceReference(now(context)).forEach(alert -> context.output(ALERTS, alert));
    }
    model.adopt(published.read(), now(context)).forEach(alert -> context.output(ALERTS, alert));
    comparisons = new Comparisons(present(), drift, state);
    agenda = state.agenda(drift.window().toMillis(), inputs);
    for (long timeMillis :
        agenda.timesMillis()) { // Timers may have fired before they were decided.
      context.timerService().registerEventTimeTimer(timeMillis);
    }
    monitor = model;
    return model;
  }

  /** The reference that windows are compared with, which may be made of the first windows. */
  private ModelReference present() {
    Cut cut = first == null ? null : first.cut();
    return cut == null ? reference : cut.model();
  }

  private DriftMonitor monitorOf(ModelReference present, MonitorState kept, boolean repeatsAlert) {
    return new DriftMonitor(present, drift, retraining.of(present), warmUp, kept, repeatsAlert);
  }
}
