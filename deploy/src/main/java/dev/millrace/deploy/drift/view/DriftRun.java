package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What the drift job has published about a period.
 *
 * @param pipeline with {@code drift} as the job used it
 * @param to exclusive
 * @param reports in the order of their windows
 * @param quality in the order of their windows
 * @param alerts in the order of event time
 * @param triggers in the order of event time
 */
public record DriftRun(
    Pipeline pipeline,
    Instant from,
    Instant to,
    List<DriftReport> reports,
    List<QualityReport> quality,
    List<Alert> alerts,
    List<RetrainingTrigger> triggers) {
  public DriftRun {
    reports = List.copyOf(reports);
    quality = List.copyOf(quality);
    alerts = List.copyOf(alerts);
    triggers = List.copyOf(triggers);
  }

  /** The reports of whole windows, without those of slices. */
  List<DriftReport> windows() {
    return reports.stream().filter(report -> report.getSlice().isEmpty()).toList();
  }

  /** The reports of the slices of a window. */
  List<DriftReport> slices(DriftReport window) {
    return reports.stream()
        .filter(report -> !report.getSlice().isEmpty())
        .filter(report -> report.getModelVersion().equals(window.getModelVersion()))
        .filter(report -> report.getWindowStart().equals(window.getWindowStart()))
        .toList();
  }

  /** The alerts that began an episode. */
  List<Alert> firing() {
    return alerts.stream().filter(alert -> alert.getStatus() == AlertStatus.FIRING).toList();
  }

  Drift drift() {
    return Objects.requireNonNull(pipeline.drift());
  }

  /** The number of false alarms that the budget accepts in the period. */
  double accepted() {
    Budget budget = drift().falseAlarms();
    Duration period = Duration.between(from, to);
    return budget.alarms() * ((double) period.toMillis() / budget.per().toMillis());
  }
}
