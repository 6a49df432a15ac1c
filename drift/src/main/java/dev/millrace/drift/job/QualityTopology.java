package dev.millrace.drift.job;

import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.quality.Calibration;
import dev.millrace.drift.quality.QualityPartial;
import dev.millrace.drift.quality.QualityReports;
import dev.millrace.drift.quality.QualitySettings;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/** The operators between predictions and outcomes, and reports of quality. */
final class QualityTopology {
  private static final TypeInformation<QualityPartial> PARTIALS =
      TypeInformation.of(QualityPartial.class);
  private static final AvroTypeInfo<QualityReport> REPORTS =
      new AvroTypeInfo<>(QualityReport.class);

  private final QualitySettings settings;
  private final AlarmBudget budget;
  private final TrainingQuality.@Nullable OfVersion training;
  private final String windows;

  private QualityTopology(
      QualitySettings settings,
      AlarmBudget budget,
      TrainingQuality.@Nullable OfVersion training,
      String windows) {
    this.settings = settings;
    this.budget = budget;
    this.training = training;
    this.windows = windows;
  }

  /**
   * Null if the pipeline has no quality to report: no model or no drift windows.
   *
   * @param training the quality of the profiled rows; null if it is not known
   */
  static @Nullable QualityTopology of(
      Pipeline pipeline, TrainingQuality.@Nullable OfVersion training) {
    QualitySettings settings = QualitySettings.of(pipeline);
    if (settings == null) {
      return null;
    }
    Drift drift = Objects.requireNonNull(pipeline.drift());
    return new QualityTopology(settings, AlarmBudget.of(drift, 1), training, Fingerprint.of(drift));
  }

  /**
   * What the operators emit.
   *
   * @param reports of all windows
   * @param signals of the measured windows of the champion, in their order; null without labels
   */
  record Streams(DataStream<QualityReport> reports, @Nullable DataStream<CauseSignal> signals) {}

  /**
   * Estimates of the windows of predictions and, with labels, what they show at maturity.
   *
   * @param outcomes null without labels
   */
  Streams reports(
      DataStream<GenericRecord> predictions, @Nullable DataStream<GenericRecord> outcomes) {
    DataStream<QualityPartial> predicted = counts(predictions, "quality-predictions", false);
    DataStream<QualityReport> reports = estimates(predicted);
    DataStream<CauseSignal> signals = null;
    if (outcomes != null) {
      SingleOutputStreamOperator<QualityReport> measured = measurements(predicted, outcomes);
      reports = reports.union(measured);
      signals = measured.getSideOutput(QualityMonitor.SIGNALS);
    }
    return new Streams(
        reports
            .transform("quality-metrics", REPORTS, new QualityGauges(settings.pipeline()))
            .uid("quality-metrics")
            .setParallelism(1),
        signals);
  }

  private SingleOutputStreamOperator<QualityPartial> counts(
      DataStream<GenericRecord> rows, String name, boolean waitsWhenIdle) {
    return rows.transform(name, PARTIALS, new QualityCounter(settings, waitsWhenIdle))
        .uid(name)
        .setParallelism(rows.getParallelism());
  }

  private DataStream<QualityReport> estimates(DataStream<QualityPartial> predicted) {
    QualityReports builder = new QualityReports(settings);
    TrainingQuality.OfVersion known = training;
    return closed(
        predicted,
        "quality-estimates",
        new QualityWindows<>(
            settings.pipeline(),
            "quality_predictions_late_total",
            settings.windowMillis(),
            (window, slices, out) ->
                builder
                    .estimated(window, slices, calibration(known, window.modelVersion()))
                    .forEach(out::collect)));
  }

  private static Calibration calibration(
      TrainingQuality.@Nullable OfVersion training, String version) {
    return training != null && training.version().equals(version)
        ? training.quality().calibration()
        : Calibration.none();
  }

  private SingleOutputStreamOperator<QualityReport> measurements(
      DataStream<QualityPartial> predicted, DataStream<GenericRecord> outcomes) {
    QualityReports builder = new QualityReports(settings);
    long maturityMillis = Objects.requireNonNull(settings.maturityMillis());
    DataStream<QualityPartial> numbers =
        predicted
            .map(QualityPartial::withoutCounts)
            .returns(PARTIALS)
            .name("quality-numbers")
            .uid("quality-numbers");
    long closesAfterMillis = settings.windowMillis() + maturityMillis;
    return closed(
            numbers.union(counts(outcomes, "quality-outcomes", true)),
            "quality-windows",
            new QualityWindows<>(
                settings.pipeline(),
                "quality_outcomes_late_total",
                closesAfterMillis,
                (window, slices, out) -> builder.measured(window, slices).forEach(out::collect)))
        .keyBy(QualityMonitor::key, Types.STRING)
        .process(new QualityMonitor(settings, budget, training, closesAfterMillis), REPORTS)
        .name("quality-monitor")
        .uid("quality-monitor-" + windows)
        .setParallelism(1); // Signals stay in order.
  }

  private DataStream<QualityReport> closed(
      DataStream<QualityPartial> partials, String name, QualityWindows<QualityReport> function) {
    return partials
        .keyBy(QualityPartial::key, Types.STRING)
        .process(function, REPORTS)
        .name(name)
        .uid(name + "-" + windows);
  }
}
