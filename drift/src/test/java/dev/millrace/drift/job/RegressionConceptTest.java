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
import dev.millrace.drift.quality.SlicePartial;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.drift.quality.WindowSlices;
import dev.millrace.schemas.avro.QualityReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of a number, without a decision, from rows to signals. */
@SuppressWarnings("try") // harnesses throw Exception when closed
class RegressionConceptTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int DAYS = 30;
  private static final QualitySettings SETTINGS =
      new QualitySettings(
          "shop", "delivery", false, null, new CalmSpan(DAY, 7 * DAY), 2 * DAY, 10, 0.8, 3);
  private static final AlarmBudget BUDGET =
      AlarmBudget.of(1, Duration.ofDays(30), Duration.ofDays(1), 1);

  /** The training rows of the version that serves are the reference, those of another are not. */
  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void errorsAreComparedWithThoseOfTheTrainingRows(String version) throws Exception {
    TrainingQuality.Counter rows = new TrainingQuality.Counter(null, Duration.ofMillis(DAY));
    Random random = new Random(4);
    for (int i = 0; i < 14 * 300; i++) {
      rows.add((i / 300 - 14) * DAY, 10 * random.nextGaussian(), 0.0);
    }
    TrainingQuality quality = Objects.requireNonNull(rows.build());
    List<CauseSignal> concept = signals(3, 2, 3, new TrainingQuality.OfVersion(version, quality));

    boolean isKnown = version.equals("v1");
    assertThat(concept.subList(0, 3))
        .extracting(CauseSignal::verdict)
        .containsOnly(isKnown ? Verdict.OK : Verdict.INSUFFICIENT);
    assertThat(concept.get(3).verdict()).isEqualTo(isKnown ? Verdict.DRIFT : Verdict.INSUFFICIENT);
  }

  @Test
  void errorsThatDoubleAreConceptDrift() throws Exception {
    List<CauseSignal> concept = signals(22, 2, 3, null);

    assertThat(concept).hasSize(DAYS);
    assertThat(concept.subList(0, 14))
        .extracting(CauseSignal::verdict)
        .containsOnly(Verdict.INSUFFICIENT);
    assertThat(concept.subList(14, 22)).extracting(CauseSignal::verdict).containsOnly(Verdict.OK);
    assertThat(concept.subList(22, DAYS))
        .extracting(CauseSignal::verdict)
        .containsOnly(Verdict.DRIFT);
    CauseSignal last = concept.get(DAYS - 1);
    assertThat(last.level()).isBetween(0.3, 0.5);
    assertThat(last.summary())
        .startsWith("mean absolute error 7.")
        .contains(" in the unit of the label, ratio 1.");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void errorsThatStayAreNone(long seed) throws Exception {
    assertThat(signals(DAYS, 1, seed, null))
        .extracting(CauseSignal::verdict)
        .doesNotContain(Verdict.DRIFT);
  }

  /**
   * The signals of concept drift; the monitor is restarted in each third window.
   *
   * @param change number of the first day on which errors are larger by the factor
   * @param training the errors of the training rows; null: unknown
   */
  private static List<CauseSignal> signals(
      int change, double factor, long seed, TrainingQuality.@Nullable OfVersion training)
      throws Exception {
    Random random = new Random(seed);
    QualityReports builder = new QualityReports(SETTINGS);
    List<CauseSignal> signals = new ArrayList<>();
    var monitor = monitor(training, null);
    for (int day = 0; day < DAYS; day++) {
      for (QualityReport report : reports(builder, day, day < change ? 1 : factor, random)) {
        monitor.processElement(report, 0);
      }
      if (day % 3 == 0) {
        OperatorSubtaskState state = monitor.snapshot(1, 1);
        monitor.close();
        monitor = monitor(training, state);
      }
      monitor.processWatermark(new Watermark((day + 3) * DAY));
      var emitted = monitor.getSideOutput(QualityMonitor.SIGNALS);
      if (emitted != null) {
        emitted.forEach(each -> signals.add(each.getValue()));
        emitted.clear();
      }
    }
    monitor.close();
    return signals.stream().filter(each -> each.cause() == Cause.CONCEPT).toList();
  }

  /** The days of a delivery, 10 minutes more or less, counted by two tasks. */
  private static List<QualityReport> reports(
      QualityReports builder, int day, double factor, Random random) {
    Map<String, SlicePartial> all = new TreeMap<>();
    for (int task = 0; task < 2; task++) {
      WindowSlices rows = new WindowSlices(false, DAY);
      for (int i = 0; i < 300; i++) {
        double expected = 60 + 30 * random.nextDouble();
        double label = expected + factor * 10 * random.nextGaussian();
        long time = day * DAY + (2 * i + task) * (DAY / 600);
        rows.add(new QualityRow("v1", "CHAMPION", time, expected, null, label, false, List.of()));
      }
      List<QualityPartial> partials = new ArrayList<>();
      rows.emitAll(partials::add);
      partials.get(0).slices().forEach(each -> all.merge(each.slice(), each, (a, b) -> a.plus(b)));
    }
    return builder.measured(new QualityReports.Window("v1", "CHAMPION", day * DAY), all);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, QualityReport, QualityReport>
      monitor(TrainingQuality.@Nullable OfVersion training, @Nullable OperatorSubtaskState state)
          throws Exception {
    var monitor =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new QualityMonitor(SETTINGS, BUDGET, training, 3 * DAY)),
            QualityMonitor::key,
            Types.STRING);
    monitor.setup(
        new AvroTypeInfo<>(QualityReport.class).createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      monitor.initializeState(state);
    }
    monitor.open();
    return monitor;
  }
}
