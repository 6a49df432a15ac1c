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
 * @param alerts of the causes whose episode began or ended, or whose last alert is repeated after a
 *     restart
 * @param trigger where retraining is requested
 */
public record WindowDecision(
    @Nullable DriftReport report, List<Alert> alerts, @Nullable RetrainingTrigger trigger) {
  /** Copies the alerts. */
  public WindowDecision {
    alerts = List.copyOf(alerts);
  }
}
