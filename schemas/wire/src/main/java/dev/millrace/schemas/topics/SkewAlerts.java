package dev.millrace.schemas.topics;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * The alerts of serving skew. Each belongs to a generation of vectors: the jobs of two generations
 * that run beside each other have alerts of their own.
 */
public final class SkewAlerts {
  private SkewAlerts() {}

  /**
   * The key of the alert of a feature: {@code P/serving-skew/<generation>/<lookup>.<feature>}.
   *
   * @param pipeline its name
   * @param feature with its lookup: {@code <lookup>.<feature>}
   */
  public static String key(String pipeline, String generation, String feature) {
    return prefix(pipeline) + generation + "/" + feature;
  }

  /**
   * What resolves the alerts that other generations have left: the job that has sent one has ended,
   * and no other job knows of it.
   *
   * @param newest the newest alert of each key, of any kind
   * @param pipeline its name
   * @param serving the generation that serves, whose job resolves its own alerts
   * @param now wall clock
   */
  public static List<Alert> resolveOthers(
      Collection<Alert> newest, String pipeline, String serving, Instant now) {
    String own = key(pipeline, serving, "");
    return newest.stream()
        .filter(alert -> alert.getStatus() == AlertStatus.FIRING)
        .filter(alert -> alert.getKey().startsWith(prefix(pipeline)))
        .filter(alert -> !alert.getKey().startsWith(own))
        .map(alert -> resolved(alert, serving, now))
        .toList();
  }

  private static Alert resolved(Alert firing, String serving, Instant now) {
    return Alert.newBuilder(firing)
        .setId("%s/%s/%s".formatted(firing.getKey(), firing.getSince(), AlertStatus.RESOLVED))
        .setStatus(AlertStatus.RESOLVED)
        .setMessage(
            "The generation of features that this alert is about does not serve any more; generation %s does."
                .formatted(serving))
        .setPublishedAt(now)
        .setFeatures(List.of())
        .build();
  }

  private static String prefix(String pipeline) {
    return pipeline + "/serving-skew/";
  }
}
