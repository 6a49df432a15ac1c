package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Duration;

/** Words about alerts. */
final class Alerts {
  private Alerts() {}

  /** The cause, which is the last part of the key: data-drift. */
  static String cause(Alert alert) {
    return alert.getKey().substring(alert.getKey().lastIndexOf('/') + 1);
  }

  /** Status and severity, and who has acknowledged it: FIRING, WARNING, acknowledged by Ada. */
  static String status(Alert alert) {
    if (alert.getStatus() == AlertStatus.RESOLVED) {
      return alert.getStatus().toString();
    }
    String text = "%s, %s".formatted(alert.getStatus(), alert.getSeverity());
    return alert.getAcknowledgedBy() == null
        ? text
        : "%s, acknowledged by %s".formatted(text, alert.getAcknowledgedBy());
  }

  /** Cause, status and start: {@code data-drift: FIRING, WARNING, since 2026-03-04}. */
  static String heading(Alert alert, Duration window) {
    return "%s: %s, since %s"
        .formatted(cause(alert), status(alert), Texts.time(alert.getSince(), window));
  }
}
