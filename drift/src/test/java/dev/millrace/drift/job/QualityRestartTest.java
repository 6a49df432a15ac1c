package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.quality.QualityPartial;
import dev.millrace.drift.quality.QualityReports;
import dev.millrace.drift.quality.QualityRow;
import dev.millrace.drift.quality.QualitySettings;
import dev.millrace.drift.quality.WindowSlices;
import dev.millrace.schemas.avro.QualityReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Windows of quality, and their monitor, over restarts with other numbers of tasks. */
@SuppressWarnings("try") // harnesses throw Exception when closed
class QualityRestartTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long CLOSES_AFTER = 3 * DAY;
  private static final int DAYS = 36;
  private static final int KEY_GROUPS = 128;

  /**
   * Days at whose end the calibration ends, and at which the first window of more errors closes.
   */
  private static final Set<Integer> HARD_DAYS = Set.of(18, 30);

  /** On other days the job restarts at one of so many points. */
  private static final int POINTS = 20;

  private static final QualitySettings SETTINGS =
      new QualitySettings(
          "shop", "refund", true, "score >= 0.5", new CalmSpan(DAY, 7 * DAY), 2 * DAY, 10, 0.8, 3);
  private static final AlarmBudget BUDGET =
      AlarmBudget.of(1, Duration.ofDays(30), Duration.ofDays(1), 1);
  private static final AvroTypeInfo<QualityReport> REPORTS =
      new AvroTypeInfo<>(QualityReport.class);

  private final List<KeyedOneInputStreamOperatorTestHarness<String, QualityPartial, QualityReport>>
      windows = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private KeyedOneInputStreamOperatorTestHarness<String, QualityReport, QualityReport> monitor;

  private final TreeMap<String, String> reports = new TreeMap<>();
  private final List<CauseSignal> signals = new ArrayList<>();

  @Test
  void restartsWithAnyNumberOfTasksChangeNothing() throws Exception {
    run(new Random(1), false);
    TreeMap<String, String> straight = new TreeMap<>(reports);
    List<CauseSignal> straightSignals = List.copyOf(signals);
    // All rows and two channels, of two roles and versions.
    assertThat(straight).hasSize(DAYS * 2 * 3);
    assertThat(straightSignals)
        .filteredOn(signal -> signal.verdict() == Verdict.DRIFT)
        .extracting(CauseSignal::cause)
        .contains(Cause.CONCEPT, Cause.QUALITY, Cause.FAIRNESS);
    reports.clear();
    signals.clear();

    run(new Random(2), true);

    assertThat(reports).isEqualTo(straight);
    assertThat(signals).isEqualTo(straightSignals);
  }

  private void run(Random random, boolean restarts) throws Exception {
    start(1, null, 0, null);
    for (int day = 0; day < DAYS + 4; day++) {
      List<QualityPartial> partials = day < DAYS ? partials(day) : List.of();
      for (QualityPartial partial : partials) {
        windows.get(task(partial)).processElement(partial, 0);
        if (restarts) {
          restart(day, random);
        }
      }
      for (var task : windows) {
        task.processWatermark(new Watermark((day - 1) * DAY - 1));
      }
      pass();
      if (restarts) {
        restart(day, random);
      }
      monitor.processWatermark(new Watermark((day - 1) * DAY - 1));
      collect();
    }
    stopAll();
  }

  private int task(QualityPartial partial) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        partial.key(), KEY_GROUPS, windows.size());
  }

  private void pass() throws Exception {
    for (var task : windows) {
      for (QualityReport report : task.extractOutputValues()) {
        monitor.processElement(report, 0);
      }
      task.getOutput().clear();
    }
  }

  private void collect() {
    for (QualityReport report : monitor.extractOutputValues()) {
      assertThat(reports.put(report.getId(), report.toString())).as("twice").isNull();
    }
    monitor.getOutput().clear();
    var emitted = monitor.getSideOutput(QualityMonitor.SIGNALS);
    if (emitted != null) {
      emitted.forEach(signal -> signals.add(signal.getValue()));
      emitted.clear();
    }
  }

  private void restart(int day, Random random) throws Exception {
    if (!HARD_DAYS.contains(day) && random.nextInt(POINTS) > 0) {
      return;
    }
    int tasks = 1 + random.nextInt(3);
    OperatorSubtaskState[] states = new OperatorSubtaskState[windows.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = windows.get(i).snapshot(1, 1);
    }
    OperatorSubtaskState ofMonitor = monitor.snapshot(1, 1);
    stopAll();
    start(
        tasks, AbstractStreamOperatorTestHarness.repackageState(states), states.length, ofMonitor);
  }

  private void start(
      int tasks,
      @Nullable OperatorSubtaskState state,
      int before,
      @Nullable OperatorSubtaskState ofMonitor)
      throws Exception {
    for (int i = 0; i < tasks; i++) {
      QualityReports builder = new QualityReports(SETTINGS);
      var task =
          new KeyedOneInputStreamOperatorTestHarness<String, QualityPartial, QualityReport>(
              new KeyedProcessOperator<>(
                  new QualityWindows<>(
                      "shop",
                      "quality_outcomes_late_total",
                      CLOSES_AFTER,
                      (window, slices, out) ->
                          builder.measured(window, slices).forEach(out::collect))),
              QualityPartial::key,
              Types.STRING,
              KEY_GROUPS,
              tasks,
              i);
      task.setup(REPORTS.createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        task.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, KEY_GROUPS, before, tasks, i));
      }
      task.open();
      windows.add(task);
    }
    monitor =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new QualityMonitor(SETTINGS, BUDGET, null, CLOSES_AFTER)),
            QualityMonitor::key,
            Types.STRING);
    monitor.setup(REPORTS.createSerializer(new SerializerConfigImpl()));
    if (ofMonitor != null) {
      monitor.initializeState(ofMonitor);
    }
    monitor.open();
  }

  private void stopAll() throws Exception {
    for (var task : windows) {
      task.close();
    }
    windows.clear();
    monitor.close();
  }

  /** Errors double from day 26 on, and those who come by phone are never refunded. */
  private static List<QualityPartial> partials(int day) {
    Random random = new Random(day);
    List<QualityPartial> partials = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      WindowSlices rows = new WindowSlices(true, DAY);
      for (int i = 0; i < 300; i++) {
        boolean shadow = i % 3 == 0;
        boolean phone = random.nextBoolean();
        boolean positive = !phone && random.nextInt(3) == 0;
        boolean wrong = random.nextDouble() < (day < 26 ? 0.1 : 0.3);
        double label = positive == wrong ? 0 : 1;
        QualityRow row =
            new QualityRow(
                shadow ? "v2" : "v1",
                shadow ? "SHADOW" : "CHAMPION",
                day * DAY + (part * 300 + i) * (DAY / 600),
                positive ? 0.5 + random.nextDouble() / 2 : random.nextDouble() / 2,
                positive,
                label,
                false,
                List.of(phone ? "channel=phone" : "channel=web"));
        rows.add(row);
      }
      rows.emitAll(partials::add);
    }
    return partials;
  }
}
