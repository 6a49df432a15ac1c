package dev.millrace.drift.policy;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is published about a window.
 *
 * @param report of a window of predictions that has closed; null for a {@link CauseSignal}
 * @param slices the reports of the window's slices
 * @param alerts of the causes whose episode began or ended, or whose last alert is repeated after a
 *     restart
 * @param trigger where retraining is requested
 */
public record WindowDecision(
    @Nullable DriftReport report,
    List<DriftReport> slices,
    List<Alert> alerts,
    @Nullable RetrainingTrigger trigger) {
  /** What is published about a signal. */
  static WindowDecision ofSignal(List<Alert> alerts, @Nullable RetrainingTrigger trigger) {
    return new WindowDecision(null, List.of(), alerts, trigger);
  }

  /** Copies the lists. */
  public WindowDecision {
    slices = List.copyOf(slices);
    alerts = List.copyOf(alerts);
  }
}
