package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Alerts that were published and have not been resolved, of episodes that the state does not
 * contain: it was dropped, or they were published after the last checkpoint. One is resolved by as
 * many OK windows after it as an episode is, and replaced when its cause fires again. Not
 * thread-safe.
 */
final class UnknownAlerts {
  private final ModelReference reference;
  private final AlertBuilder builder;
  private final int recoveryWindows;
  private final Map<Cause, Alert> alerts = new EnumMap<>(Cause.class);
  private final Map<Cause, Integer> calm = new EnumMap<>(Cause.class);

  /**
   * @param recoveryWindows number of OK windows in a row that end an episode
   */
  UnknownAlerts(ModelReference reference, AlertBuilder builder, int recoveryWindows) {
    this.reference = reference;
    this.builder = builder;
    this.recoveryWindows = recoveryWindows;
  }

  /** Whether an alert is about another model version, or another profile that it depends on. */
  boolean isOfOther(Cause cause, Alert alert) {
    return !alert.getModelVersion().equals(reference.version())
        || (WindowFindings.CAUSES.contains(cause)
            && !alert.getReferenceDigest().equals(reference.digest()));
  }

  void add(Cause cause, Alert alert) {
    alerts.put(cause, alert);
  }

  /** The alerts that have not been resolved. */
  List<Alert> alerts() {
    return List.copyOf(alerts.values());
  }

  /** Takes over the OK windows that another monitor has counted. */
  void addCalm(UnknownAlerts before) {
    before.calm.forEach((cause, windows) -> calm.merge(cause, windows, Integer::sum));
  }

  void drop(Cause cause) {
    alerts.remove(cause);
  }

  /**
   * Takes one more window outside an episode.
   *
   * @return the alert that is resolved by it
   */
  @Nullable Alert next(CauseFinding finding, long nowMillis) {
    Cause cause = finding.cause();
    Alert alert = alerts.get(cause);
    boolean isLater = alert != null && finding.endMillis() > alert.getAt().toEpochMilli();
    if (alert == null || !isLater || finding.verdict() != Verdict.OK) {
      return null;
    }
    if (calm.merge(cause, 1, Integer::sum) < recoveryWindows) {
      return null;
    }
    drop(cause);
    return builder.resolved(alert, finding, nowMillis);
  }
}
