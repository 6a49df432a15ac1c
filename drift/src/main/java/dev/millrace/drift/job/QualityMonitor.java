package dev.millrace.drift.job;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.QualitySignals;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.ConceptMonitor;
import dev.millrace.drift.quality.Confusion;
import dev.millrace.drift.quality.FairnessMonitor;
import dev.millrace.drift.quality.LossCounts;
import dev.millrace.drift.quality.LossMemory;
import dev.millrace.drift.quality.LossMonitor;
import dev.millrace.drift.quality.PartCounts;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.QualitySettings;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.DecisionCounts;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.SliceDisparity;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Third phase of quality: takes the measured windows of a model version and role in the order of
 * event time, adds the result of the {@link ConceptMonitor} to their reports, and emits the
 * champion's signals. Windows come from several tasks, so they wait until the watermark has passed
 * the time at which they closed.
 */
final class QualityMonitor extends KeyedProcessFunction<String, QualityReport, QualityReport> {
  /** Signals of concept drift, losses of quality and disparities. */
  static final OutputTag<CauseSignal> SIGNALS =
      new OutputTag<>("quality-signals", TypeInformation.of(CauseSignal.class));

  private static final long serialVersionUID = 1L;

  /** Event time without a window after which the state of a model version is removed. */
  private static final Duration KEPT = Duration.ofDays(90);

  private final QualitySettings settings;
  private final TrainingQuality.@Nullable OfVersion training;
  private final long closesAfterMillis;
  private final ConceptMonitor concept;
  private final LossMonitor losses;
  private final FairnessMonitor fairness;
  private final QualitySignals signals;

  /** 1 if the newest window of the champion is a warning; read by the threads of reporters. */
  private transient volatile int lossWarned;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<String, QualityReport> waiting;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<ConceptMemory> memory;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<LossMemory> lossMemory;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<QualityBaseline> baseline;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<FairnessMonitor.Memory> rates;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Long> newestMillis;

  /**
   * @param budget of one window
   * @param training the quality of the profiled rows; null if it is not known
   * @param closesAfterMillis time from the start of a window until it closes, in event time
   */
  QualityMonitor(
      QualitySettings settings,
      AlarmBudget budget,
      TrainingQuality.@Nullable OfVersion training,
      long closesAfterMillis) {
    this.settings = settings;
    this.training = training;
    CalmSpan span = settings.span();
    this.closesAfterMillis = closesAfterMillis;
    this.concept = new ConceptMonitor(budget.of(Cause.CONCEPT), span);
    this.losses = new LossMonitor(budget.of(Cause.CONCEPT), span);
    this.fairness =
        new FairnessMonitor(
            budget.of(Cause.FAIRNESS),
            settings.minRatio(),
            settings.minSamples(),
            settings.recoveryWindows(),
            span);
    this.signals = new QualitySignals(budget.of(Cause.QUALITY), span);
  }

  /** The key whose windows follow each other. */
  static String key(QualityReport report) {
    return report.getModelVersion() + "/" + report.getRole();
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    PipelineMetrics.of(runtime.getMetricGroup(), settings.pipeline())
        .gauge("quality_warning", (Gauge<Integer>) () -> lossWarned);
    waiting =
        runtime.getMapState(
            new MapStateDescriptor<>(
                "waiting", Types.STRING, new AvroTypeInfo<>(QualityReport.class)));
    memory = runtime.getState(new ValueStateDescriptor<>("concept", ConceptMemory.class));
    lossMemory = runtime.getState(new ValueStateDescriptor<>("losses", LossMemory.class));
    baseline = runtime.getState(new ValueStateDescriptor<>("baseline", QualityBaseline.class));
    rates = runtime.getState(new ValueStateDescriptor<>("rates", FairnessMonitor.Memory.class));
    newestMillis = runtime.getState(new ValueStateDescriptor<>("newest", Types.LONG));
  }

  @Override
  public void processElement(QualityReport report, Context context, Collector<QualityReport> out)
      throws Exception {
    waiting.put(report.getId(), report);
    context
        .timerService()
        .registerEventTimeTimer(report.getWindowStart().toEpochMilli() + closesAfterMillis - 1);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<QualityReport> out)
      throws Exception {
    TreeMap<String, QualityReport> window = new TreeMap<>();
    for (QualityReport report : waiting.values()) {
      if (report.getWindowStart().toEpochMilli() + closesAfterMillis - 1 <= timeMillis) {
        window.put(report.getId(), report);
      }
    }
    for (String id : window.keySet()) {
      waiting.remove(id);
    }
    List<QualityReport> slices = new ArrayList<>();
    QualityReport all = null;
    for (QualityReport report : window.values()) {
      if (report.getSliceField() == null) {
        all = report;
      } else {
        slices.add(report);
      }
    }
    if (all != null) {
      judge(all, slices, context);
      newestMillis.update(timeMillis);
      context.timerService().registerEventTimeTimer(timeMillis + KEPT.toMillis());
    } else if (window.isEmpty()) {
      removeOld(timeMillis);
    }
    window.values().forEach(out::collect);
  }

  /** Removes the state of a version that is no longer served. */
  private void removeOld(long timeMillis) throws Exception {
    Long newest = newestMillis.value();
    if (newest != null && newest + KEPT.toMillis() <= timeMillis) {
      memory.clear();
      lossMemory.clear();
      baseline.clear();
      rates.clear();
      newestMillis.clear();
    }
  }

  private void judge(QualityReport all, List<QualityReport> slices, Context context)
      throws Exception {
    if (all.getRole() == Role.SHADOW) {
      return; // It decides nothing, so there is nothing to alarm about.
    }
    DecisionCounts decisions = all.getDecisions();
    FairnessMonitor.Step compared = null;
    if (decisions == null) {
      all.setConcept(settings.isBinary() ? ConceptMonitor.notMonitored() : losses(all));
    } else {
      ConceptMonitor.Step step =
          concept.next(
              orElse(memory.value(), start(all.getModelVersion())),
              all.getWindowStart().toEpochMilli(),
              PartCounts.of(
                  Objects.requireNonNull(all.getPartLabels()),
                  Objects.requireNonNull(all.getPartErrors())));
      memory.update(step.memory());
      all.setConcept(step.result());
      // An alert also ends if there are no slices any more.
      compared = slices.isEmpty() && rates.value() == null ? null : compare(all, decisions, slices);
    }
    if (all.getRole() == Role.CHAMPION) {
      QualitySignals.Step step =
          signals.of(all, compared, orElse(baseline.value(), QualityBaseline.NONE));
      baseline.update(step.baseline());
      step.signals().forEach(signal -> context.output(SIGNALS, signal));
      lossWarned = step.signals().stream().anyMatch(QualityMonitor::isLossWarning) ? 1 : 0;
    }
  }

  /** Of quality, whose report has no verdict. */
  private static boolean isLossWarning(CauseSignal signal) {
    return signal.cause() == Cause.QUALITY && signal.verdict() == Verdict.WARNING;
  }

  private ConceptResult losses(QualityReport all) throws Exception {
    LossMonitor.Step step =
        losses.next(
            orElse(lossMemory.value(), lossStart(all.getModelVersion())),
            all.getWindowStart().toEpochMilli(),
            LossCounts.of(Objects.requireNonNull(all.getLosses())));
    lossMemory.update(step.memory());
    return step.result();
  }

  /** Compares the rates of slices over windows, and marks lasting disparities in the reports. */
  private FairnessMonitor.Step compare(
      QualityReport all, DecisionCounts decisions, List<QualityReport> slices) throws Exception {
    Map<String, Confusion> rows = new TreeMap<>();
    for (QualityReport slice : slices) {
      DecisionCounts counts = slice.getDecisions();
      if (counts != null && slice.getSliceValue() != null) {
        rows.put(name(slice), confusion(counts));
      }
    }
    FairnessMonitor.Step step =
        fairness.next(
            orElse(rates.value(), FairnessMonitor.Memory.NONE),
            all.getWindowStart().toEpochMilli(),
            confusion(decisions),
            rows);
    rates.update(step.memory());
    for (QualityReport slice : slices) {
      for (SliceDisparity disparity : slice.getDisparities()) {
        disparity.setAlarm(
            step.disparities().stream()
                .anyMatch(
                    each ->
                        each.slice().equals(name(slice))
                            && each.measure().name().equals(disparity.getMeasure().name())));
      }
    }
    return step;
  }

  private static String name(QualityReport slice) {
    return slice.getSliceField() + "=" + slice.getSliceValue();
  }

  private static Confusion confusion(DecisionCounts counts) {
    return new Confusion(
        counts.getTruePositives(),
        counts.getFalsePositives(),
        counts.getFalseNegatives(),
        counts.getTrueNegatives());
  }

  private ConceptMemory start(String version) {
    return training != null && training.version().equals(version)
        ? training
            .quality()
            .errors(settings.condition(), Duration.ofMillis(settings.windowMillis()))
        : ConceptMemory.NONE;
  }

  private LossMemory lossStart(String version) {
    return training != null && training.version().equals(version)
        ? training.quality().losses(Duration.ofMillis(settings.windowMillis()))
        : LossMemory.NONE;
  }

  private static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
