package dev.millrace.drift.job;

import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.QualitySignals;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.ConceptMonitor;
import dev.millrace.drift.quality.PartCounts;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.QualitySettings;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import java.util.ArrayList;
import java.util.List;
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

  private final long closesAfterMillis;
  private final ConceptMonitor concept;
  private final QualitySignals signals;

  @SuppressWarnings("NullAway.Init")
  private transient MapState<String, QualityReport> waiting;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<ConceptMemory> memory;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<QualityBaseline> baseline;

  /**
   * @param closesAfterMillis time from the start of a window until it closes, in event time
   */
  QualityMonitor(QualitySettings settings, long closesAfterMillis) {
    this.closesAfterMillis = closesAfterMillis;
    this.concept = new ConceptMonitor(settings.alpha(), settings.windowMillis());
    this.signals = new QualitySignals(settings.alpha());
  }

  /** The key whose windows follow each other. */
  static String key(QualityReport report) {
    return report.getModelVersion() + "/" + report.getRole();
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    waiting =
        runtime.getMapState(
            new MapStateDescriptor<>(
                "waiting", Types.STRING, new AvroTypeInfo<>(QualityReport.class)));
    memory = runtime.getState(new ValueStateDescriptor<>("concept", ConceptMemory.class));
    baseline = runtime.getState(new ValueStateDescriptor<>("baseline", QualityBaseline.class));
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
    }
    window.values().forEach(out::collect);
  }

  private void judge(QualityReport all, List<QualityReport> slices, Context context)
      throws Exception {
    if (all.getDecisions() == null) {
      all.setConcept(ConceptMonitor.notMonitored());
    } else {
      ConceptMonitor.Step step =
          concept.next(
              orElse(memory.value(), ConceptMemory.of(List.of())),
              all.getWindowStart().toEpochMilli(),
              PartCounts.of(
                  Objects.requireNonNull(all.getPartLabels()),
                  Objects.requireNonNull(all.getPartErrors())));
      memory.update(step.memory());
      all.setConcept(step.result());
    }
    if (all.getRole() == Role.CHAMPION) {
      QualitySignals.Step step =
          signals.of(all, slices, orElse(baseline.value(), QualityBaseline.NONE));
      baseline.update(step.baseline());
      step.signals().forEach(signal -> context.output(SIGNALS, signal));
    }
  }

  private static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
