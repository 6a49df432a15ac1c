package dev.millrace.drift.job;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.coverage.CoverageCounts;
import dev.millrace.drift.coverage.CoverageDecision;
import dev.millrace.drift.coverage.CoverageMonitor;
import dev.millrace.drift.coverage.CoverageUpdate;
import dev.millrace.drift.coverage.CoverageVerdict;
import dev.millrace.drift.coverage.CoverageWindows;
import dev.millrace.drift.coverage.LabelCoverage;
import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up the counts of all tasks of the label join, and decides about each window; one task. */
final class CoverageOperator extends AbstractStreamOperator<CoverageDecision>
    implements OneInputStreamOperator<CoverageUpdate, CoverageDecision> {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(CoverageOperator.class);

  /** The state of the operator. */
  public record Kept(
      long closedMillis, List<CoverageWindows.OpenWindow> open, CoverageMonitor.State calm) {}

  private final String pipeline;
  private final TumblingWindows tumbling;
  private final long maturityMillis;
  private final double alpha;
  private final long seasonMillis;

  @SuppressWarnings("NullAway.Init")
  private transient CoverageWindows windows;

  @SuppressWarnings("NullAway.Init")
  private transient CoverageMonitor monitor;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Kept> kept;

  @SuppressWarnings("NullAway.Init")
  private transient Counter late;

  private transient @Nullable CoverageDecision newest;

  /**
   * @param pipeline name of the pipeline, for metrics
   * @param alpha probability of a false alarm in one window
   * @param season event time that calm windows must span
   */
  CoverageOperator(
      String pipeline,
      TumblingWindows tumbling,
      long maturityMillis,
      double alpha,
      Duration season) {
    this.pipeline = pipeline;
    this.tumbling = tumbling;
    this.maturityMillis = maturityMillis;
    this.alpha = alpha;
    this.seasonMillis = season.toMillis();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    windows = new CoverageWindows(tumbling, maturityMillis);
    monitor = new CoverageMonitor(alpha, new CalmSpan(tumbling.lengthMillis(), seasonMillis));
    kept =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("coverage", Kept.class));
    for (Kept restored : kept.get()) {
      windows.restore(restored.open(), restored.closedMillis());
      monitor.restore(restored.calm());
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    kept.update(List.of(new Kept(windows.closedMillis(), windows.openWindows(), monitor.state())));
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = PipelineMetrics.of(getMetricGroup(), pipeline);
    late = metrics.counter("coverage_late_total");
    metrics.gauge("label_coverage_ratio", (Gauge<Double>) this::share);
    metrics.gauge("label_coverage_low", (Gauge<Integer>) this::isLow);
    metrics.gauge("label_coverage_warning", (Gauge<Integer>) this::isWarning);
  }

  private double share() {
    CoverageDecision last = newest;
    return last == null ? Double.NaN : last.coverage().total().share();
  }

  private int isLow() {
    CoverageDecision last = newest;
    return last != null && last.isAlarm() ? 1 : 0;
  }

  private int isWarning() {
    CoverageDecision last = newest;
    return last != null && last.verdict() == CoverageVerdict.WARNING ? 1 : 0;
  }

  @Override
  public void processElement(StreamRecord<CoverageUpdate> element) {
    CoverageUpdate update = element.getValue();
    if (!update.isMark()) {
      if (!windows.add(update)) {
        late.inc(update.counts().predictions());
      }
      return;
    }
    for (LabelCoverage coverage : windows.advance(update)) {
      CoverageDecision decision = monitor.decide(coverage);
      if (!coverage.revised()) {
        logChange(decision);
        newest = decision;
      }
      output.collect(new StreamRecord<>(decision));
    }
  }

  private void logChange(CoverageDecision decision) {
    CoverageDecision before = newest;
    boolean wasAlarm = before != null && before.isAlarm();
    LabelCoverage coverage = decision.coverage();
    CoverageCounts total = coverage.total();
    if (decision.isAlarm() && !wasAlarm) {
      log.warn(
          "Label coverage is {}: {} of {} predictions from {} to {} have a label (expected share {}). Check that the source of labels has all its events.",
          decision.verdict(),
          total.labelled(),
          total.predictions(),
          Instant.ofEpochMilli(coverage.startMillis()),
          Instant.ofEpochMilli(coverage.endMillis()),
          decision.expected());
    } else if (wasAlarm && !decision.isAlarm()) {
      log.info(
          "Label coverage has recovered with the window from {}: {} of {} predictions.",
          Instant.ofEpochMilli(coverage.startMillis()),
          total.labelled(),
          total.predictions());
    }
  }
}
