package dev.millrace.deploy.alert;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of a pipeline that fire and that nobody has acknowledged.
 *
 * @param pipeline its name
 * @param alerts in the order of their keys
 */
public record FiringAlerts(String pipeline, List<Alert> alerts) {
  /** Alerts of other jobs than drift, such as those of serving skew, have no cause. */
  static FiringAlerts of(String pipeline, Collection<Alert> newest) {
    return new FiringAlerts(
        pipeline,
        newest.stream()
            .filter(alert -> alert.getStatus() == AlertStatus.FIRING)
            .filter(alert -> !alert.getCause().isEmpty())
            .sorted(Comparator.comparing(Alert::getKey))
            .toList());
  }

  /**
   * The alerts that a user means.
   *
   * @param named key or cause of an alert; null: the only one
   * @param all whether all are meant
   * @throws PlatformException if there is no such alert, or none is named of several
   */
  public List<Alert> select(@Nullable String named, boolean all) {
    if (alerts.isEmpty()) {
      throw new PlatformException(
          "no alert of pipeline %s fires that is not acknowledged".formatted(pipeline));
    }
    if (named == null && !all && alerts.size() > 1) {
      throw new PlatformException(
          "%d alerts of pipeline %s fire; name one with --alert, or give --all:%n%s"
              .formatted(alerts.size(), pipeline, list()));
    }
    List<Alert> selected =
        alerts.stream()
            .filter(
                alert ->
                    named == null || named.equals(alert.getKey()) || named.equals(alert.getCause()))
            .toList();
    if (selected.isEmpty()) {
      throw new PlatformException(
          "no firing alert of pipeline %s has the key or cause '%s'; these fire:%n%s"
              .formatted(pipeline, named, list()));
    }
    return selected;
  }

  private String list() {
    return alerts.stream()
        .map(alert -> "  %s since %s".formatted(alert.getKey(), alert.getSince()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** The acknowledgement of an alert's episode. */
  public static AlertAck acknowledgement(Alert alert, String by, String reason, Instant now) {
    return AlertAck.newBuilder()
        .setKey(alert.getKey())
        .setPipeline(alert.getPipeline())
        .setModel(alert.getModel())
        .setModelVersion(alert.getModelVersion())
        .setSince(alert.getSince())
        .setAcknowledgedBy(by)
        .setReason(reason)
        .setAcknowledgedAt(now)
        .build();
  }
}
