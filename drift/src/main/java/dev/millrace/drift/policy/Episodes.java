package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The episodes and the newest alerts of all causes of one model. After a restart the newest alert
 * of each cause is published once more, since the earlier run may have published another one after
 * its last checkpoint. Not thread-safe.
 */
final class Episodes {
  private final AlertBuilder builder;
  private final int recoveryWindows;
  private final EnumMap<Cause, CauseStatus> statuses = new EnumMap<>(Cause.class);
  private final EnumMap<Cause, Alert> alerts = new EnumMap<>(Cause.class);
  private final Set<Cause> unrepeated = EnumSet.noneOf(Cause.class);
  private final UnknownAlerts unknown;

  /**
   * @param statuses of an earlier run
   * @param alerts the newest of each cause
   * @param restored whether there was an earlier run
   */
  Episodes(
      ModelReference reference,
      int recoveryWindows,
      Map<Cause, CauseStatus> statuses,
      Map<Cause, Alert> alerts,
      boolean restored) {
    this.builder = new AlertBuilder(reference, recoveryWindows);
    this.unknown = new UnknownAlerts(reference, builder, recoveryWindows);
    this.recoveryWindows = recoveryWindows;
    this.statuses.putAll(statuses);
    this.alerts.putAll(alerts);
    if (restored) {
      unrepeated.addAll(alerts.keySet());
    }
  }

  Map<Cause, CauseStatus> statuses() {
    return Map.copyOf(statuses);
  }

  Map<Cause, Alert> alerts() {
    return Map.copyOf(alerts);
  }

  private CauseStatus status(Cause cause) {
    return statuses.getOrDefault(cause, CauseStatus.INITIAL);
  }

  /** Whether an episode of a cause lasts. */
  boolean isFiring(Cause cause) {
    return status(cause).firing();
  }

  /**
   * Whether an episode of a window's own cause lasts that nobody has acknowledged. Signals come at
   * any time, so a window's report does not depend on them.
   */
  boolean isLatched() {
    return WindowFindings.CAUSES.stream()
        .map(this::status)
        .anyMatch(each -> each.firing() && !each.acknowledged());
  }

  /** Start of the oldest episode that lasts and may request retraining; null if none does. */
  @Nullable Long sinceMillis() {
    return statuses.entrySet().stream()
        .filter(each -> RetrainingEvidence.mayRequest(each.getKey()))
        .map(each -> each.getValue().sinceMillis())
        .filter(Objects::nonNull)
        .min(Long::compare)
        .orElse(null);
  }

  /**
   * Continues a cause's episodes by one window.
   *
   * @return the alert about an episode that began or ended
   */
  @Nullable Alert next(CauseFinding finding, @Nullable KnownQuality quality, long nowMillis) {
    Cause cause = finding.cause();
    CauseStatus before = status(cause);
    CauseStatus after = before.next(finding, recoveryWindows);
    statuses.put(cause, after);
    Alert last = alerts.get(cause);
    if (!before.firing() && !after.firing()) {
      Alert resolved = unknown.next(finding, nowMillis);
      return resolved == null ? null : published(cause, resolved);
    }
    unknown.drop(cause);
    if (after.episode() > before.episode()) {
      Instant since = Objects.requireNonNull(after.state().since());
      return published(cause, builder.firing(after.episode(), since, finding, quality, nowMillis));
    }
    return before.firing() && !after.firing() && last != null
        ? published(cause, builder.resolved(last, finding, nowMillis))
        : null;
  }

  /**
   * Acknowledges the episode that lasts.
   *
   * @return null if the acknowledgement is of another episode, or not the first of it
   */
  @Nullable Alert acknowledge(Acknowledgement acknowledgement, long nowMillis) {
    for (Map.Entry<Cause, Alert> entry : alerts.entrySet()) {
      Alert last = entry.getValue();
      CauseStatus status = status(entry.getKey());
      if (status.firing()
          && !status.acknowledged()
          && last.getKey().equals(acknowledgement.key())
          && last.getModelVersion().equals(acknowledgement.modelVersion())
          && last.getSince().toEpochMilli() == acknowledgement.sinceMillis()) {
        statuses.put(entry.getKey(), status.asAcknowledged());
        return published(entry.getKey(), builder.acknowledged(last, acknowledgement, nowMillis));
      }
    }
    return null;
  }

  /**
   * Starts some causes again, with another reference.
   *
   * @param closedMillis end of the last window that was compared with the other one
   * @return the alerts that resolve those of episodes that lasted
   */
  List<Alert> restart(Set<Cause> causes, long closedMillis, long nowMillis) {
    List<Alert> resolved = new ArrayList<>();
    for (Cause cause : causes) {
      statuses.computeIfPresent(cause, (key, status) -> status.restarted());
      Alert last = alerts.get(cause);
      if (last != null && last.getStatus() != AlertStatus.RESOLVED) {
        Instant at = Instant.ofEpochMilli(Math.max(closedMillis, last.getAt().toEpochMilli()));
        resolved.add(published(cause, builder.replaced(cause, last, at, nowMillis)));
      }
    }
    return resolved;
  }

  /**
   * Takes alerts that were published, where nothing is known of their cause.
   *
   * @return the alerts that resolve those of another reference
   */
  List<Alert> adopt(List<Alert> published, long nowMillis) {
    List<Alert> resolved = new ArrayList<>();
    for (Alert alert : published) {
      Cause cause = builder.causeOf(alert);
      if (cause != null && !alerts.containsKey(cause) && unknown.isOfOther(cause, alert)) {
        Instant at = alert.getAt();
        resolved.add(published(cause, builder.replaced(cause, alert, at, nowMillis)));
      } else if (cause != null && !alerts.containsKey(cause)) {
        unknown.add(cause, alert);
      }
    }
    return resolved;
  }

  /**
   * Takes the unresolved alerts that another monitor of this model has adopted, with the OK windows
   * since.
   *
   * @return the alerts that resolve those of another reference
   */
  List<Alert> adopt(Episodes before, long nowMillis) {
    unknown.addCalm(before.unknown);
    return adopt(before.unknown.alerts(), nowMillis);
  }

  /** The newest alerts that have not been published since the restart. */
  List<Alert> repeated() {
    List<Alert> repeated =
        unrepeated.stream().map(cause -> Objects.requireNonNull(alerts.get(cause))).toList();
    unrepeated.clear();
    return repeated;
  }

  private Alert published(Cause cause, Alert alert) {
    unrepeated.remove(cause);
    alerts.put(cause, alert);
    return alert;
  }
}
