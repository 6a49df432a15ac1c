package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest of what a running drift job has published: a report for each model version and slice,
 * an alert for each key, and the last trigger.
 */
public final class DriftState {
  private final Pipeline pipeline;
  private final Map<String, DriftReport> reports = new TreeMap<>();
  private final Map<Boolean, QualityReport> quality = new TreeMap<>();
  private final Map<String, Alert> alerts = new TreeMap<>();
  private @Nullable RetrainingTrigger trigger;

  public DriftState(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Takes a report; one of an older window does not replace a newer one. */
  public void take(@Nullable DriftReport report) {
    if (report != null) {
      reports.merge(
          report.getModelVersion() + "/" + report.getSlice(),
          report,
          (old, next) -> next.getWindowStart().isBefore(old.getWindowStart()) ? old : next);
    }
  }

  /**
   * Takes a report of the quality of all predictions of the champion; one of an older window does
   * not replace a newer one.
   */
  public void take(@Nullable QualityReport report) {
    if (report != null && report.getRole() == Role.CHAMPION && report.getSliceField() == null) {
      quality.merge(
          report.getEstimated(),
          report,
          (old, next) -> next.getWindowStart().isBefore(old.getWindowStart()) ? old : next);
    }
  }

  /** The newest measured quality, then the newest estimated one. */
  Collection<QualityReport> quality() {
    return new ArrayList<>(quality.values());
  }

  /** Takes the newest alert of a key; null: there is none any more. */
  public void alert(String key, @Nullable Alert alert) {
    if (alert == null) {
      alerts.remove(key);
    } else {
      alerts.put(key, alert);
    }
  }

  /** Takes a trigger; an older one does not replace a newer one. */
  public void take(@Nullable RetrainingTrigger next) {
    if (next != null && (trigger == null || !next.getAt().isBefore(trigger.getAt()))) {
      trigger = next;
    }
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /** The newest report; null before the first window has closed. */
  @Nullable DriftReport newest() {
    return reports.values().stream()
        .filter(report -> report.getSlice().isEmpty())
        .reduce((one, other) -> other.getWindowStart().isBefore(one.getWindowStart()) ? one : other)
        .orElse(null);
  }

  /** The reports of slices of the newest window. */
  List<DriftReport> slices() {
    DriftReport whole = newest();
    return whole == null
        ? List.of()
        : reports.values().stream()
            .filter(report -> !report.getSlice().isEmpty())
            .filter(report -> report.getModelVersion().equals(whole.getModelVersion()))
            .filter(report -> report.getWindowStart().equals(whole.getWindowStart()))
            .toList();
  }

  Collection<Alert> alerts() {
    return new ArrayList<>(alerts.values());
  }

  @Nullable RetrainingTrigger trigger() {
    return trigger;
  }

  /** The reports, one for each model version and slice. */
  Collection<DriftReport> reports() {
    return new ArrayList<>(reports.values());
  }
}
