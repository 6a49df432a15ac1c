package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertSeverity;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the alerts of a model, one key for each cause. */
final class AlertBuilder {
  private final ModelReference reference;
  private final AlertMessages messages;
  private final int recoveryWindows;

  /**
   * @param recoveryWindows number of OK windows in a row that end an episode
   */
  AlertBuilder(ModelReference reference, int recoveryWindows) {
    this.reference = reference;
    this.messages = new AlertMessages(reference);
    this.recoveryWindows = recoveryWindows;
  }

  /**
   * The alert for an episode that began with the window of the finding.
   *
   * @param quality of the model, as far as it is known: data that drift while quality is lost are
   *     critical
   */
  Alert firing(
      int episode,
      Instant since,
      CauseFinding finding,
      @Nullable KnownQuality quality,
      long nowMillis) {
    boolean critical = finding.cause().critical() || (quality != null && quality.lost());
    AlertSeverity severity = critical ? AlertSeverity.CRITICAL : AlertSeverity.WARNING;
    String key = key(finding.cause());
    return Alert.newBuilder()
        .setKey(key)
        .setId(id(key, reference.version(), reference.digest(), since, AlertStatus.FIRING))
        .setStatus(AlertStatus.FIRING)
        .setMessage(messages.firing(severity, finding, quality))
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setEpisode(episode)
        .setSince(since)
        .setAt(Instant.ofEpochMilli(finding.endMillis()))
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(finding.names())
        .setEvidence(finding.evidence())
        .setReport(finding.report())
        .setCause(finding.cause().key())
        .setSeverity(severity)
        .build();
  }

  /** The alert for an episode that ended with the window of the finding. */
  Alert resolved(Alert firing, CauseFinding finding, long nowMillis) {
    Instant at = Instant.ofEpochMilli(finding.endMillis());
    return resolved(firing, at, nowMillis)
        .setMessage(messages.resolved(finding, firing.getSince(), at, recoveryWindows))
        .setReport(finding.report())
        .build();
  }

  /** Resolves an alert because the data are compared with another reference now. */
  Alert replaced(Cause cause, Alert firing, Instant at, long nowMillis) {
    return resolved(firing, at, nowMillis).setMessage(messages.replaced(cause, firing)).build();
  }

  /** The alert of an episode that was acknowledged. */
  Alert acknowledged(Alert firing, Acknowledgement acknowledgement, long nowMillis) {
    return Alert.newBuilder(firing)
        .setId(id(firing, AlertStatus.ACKNOWLEDGED))
        .setStatus(AlertStatus.ACKNOWLEDGED)
        .setMessage(messages.acknowledged(firing, acknowledgement.by(), acknowledgement.reason()))
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setAcknowledgedBy(acknowledgement.by())
        .setAcknowledgedAt(Instant.ofEpochMilli(acknowledgement.atMillis()))
        .setAcknowledgedReason(acknowledgement.reason())
        .build();
  }

  private static Alert.Builder resolved(Alert firing, Instant at, long nowMillis) {
    return Alert.newBuilder(firing)
        .setId(id(firing, AlertStatus.RESOLVED))
        .setStatus(AlertStatus.RESOLVED)
        .setAt(at)
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(List.of())
        .setEvidence(List.of());
  }

  /** The cause of an alert that has not been resolved; null if it is not of this model. */
  @Nullable Cause causeOf(Alert alert) {
    if (alert.getStatus() == AlertStatus.RESOLVED) {
      return null;
    }
    for (Cause cause : Cause.values()) {
      if (key(cause).equals(alert.getKey())) {
        return cause;
      }
    }
    return null;
  }

  /** The key of a cause's alerts. */
  private String key(Cause cause) {
    return "%s/%s/%s".formatted(reference.pipeline(), reference.model(), cause.key());
  }

  private static String id(Alert alert, AlertStatus status) {
    return id(
        alert.getKey(),
        alert.getModelVersion(),
        alert.getReferenceDigest(),
        alert.getSince(),
        status);
  }

  /**
   * An episode is identified by its start, since a version that returns may have had other episodes
   * before.
   */
  private static String id(
      String key, String version, String digest, Instant since, AlertStatus status) {
    return "%s/%s/%s/%s/%s".formatted(key, version, digest, since, status);
  }
}
