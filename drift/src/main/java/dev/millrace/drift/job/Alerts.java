package dev.millrace.drift.job;

import dev.millrace.drift.detect.DriftState;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Writes the alert that tells whether a model's data has drifted. */
final class Alerts {
  /** More would not fit a pager's line; the evidence has them all. */
  private static final int FEATURES_IN_MESSAGE = 3;

  private final Baseline baseline;

  Alerts(Baseline baseline) {
    this.baseline = baseline;
  }

  /** An episode began with the window of the report. */
  Alert firing(int episode, Instant since, DriftReport report, long nowMillis) {
    List<FeatureDrift> drifted = Reports.drifted(report);
    return alert(AlertStatus.FIRING, episode, since, report.getWindowEnd(), nowMillis)
        .setMessage(
            "Data of model %s/%s (version %s) drifted from its training data: %s. Window %s to %s, %d predictions."
                .formatted(
                    baseline.pipeline(),
                    baseline.model(),
                    baseline.version(),
                    describe(drifted),
                    report.getWindowStart(),
                    report.getWindowEnd(),
                    report.getSamples()))
        .setFeatures(drifted.stream().map(FeatureDrift::getFeature).toList())
        .setEvidence(drifted)
        .setReport(report.getId())
        .build();
  }

  /** An episode ended with the window of the report. */
  Alert resolved(int episode, Instant since, DriftReport report, long nowMillis) {
    return alert(AlertStatus.RESOLVED, episode, since, report.getWindowEnd(), nowMillis)
        .setMessage(
            "Data of model %s/%s (version %s) is like its training data again: %d windows without drift."
                .formatted(
                    baseline.pipeline(),
                    baseline.model(),
                    baseline.version(),
                    DriftState.RECOVERY_WINDOWS))
        .setReport(report.getId())
        .build();
  }

  /** The version that an alert is firing for does not serve any more. */
  Alert replaced(Alert firing, Instant at, long nowMillis) {
    return Alert.newBuilder(firing)
        .setId(id(firing.getModelVersion(), firing.getEpisode(), AlertStatus.RESOLVED))
        .setStatus(AlertStatus.RESOLVED)
        .setMessage(
            "Version %s replaced version %s of model %s/%s, whose data had drifted."
                .formatted(
                    baseline.version(),
                    firing.getModelVersion(),
                    baseline.pipeline(),
                    baseline.model()))
        .setAt(at)
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(List.of())
        .setEvidence(List.of())
        .build();
  }

  /**
   * There is no alert. Said only after a restart: what the job said last before it failed may not
   * be in the checkpoint that it goes on from.
   */
  Alert none(Instant at, String report, long nowMillis) {
    return alert(AlertStatus.RESOLVED, 0, at, at, nowMillis)
        .setMessage(
            "Data of model %s/%s (version %s) has not drifted."
                .formatted(baseline.pipeline(), baseline.model(), baseline.version()))
        .setReport(report)
        .build();
  }

  /** When the episode began that a state is in. */
  static Instant since(DriftState firing) {
    return Objects.requireNonNull(firing.since(), "not in an episode");
  }

  private Alert.Builder alert(
      AlertStatus status, int episode, Instant since, Instant at, long nowMillis) {
    return Alert.newBuilder()
        .setKey(key())
        .setId(id(baseline.version(), episode, status))
        .setStatus(status)
        .setPipeline(baseline.pipeline())
        .setModel(baseline.model())
        .setModelVersion(baseline.version())
        .setEpisode(episode)
        .setSince(since)
        .setAt(at)
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(List.of())
        .setEvidence(List.of());
  }

  private String key() {
    return "%s/%s/data-drift".formatted(baseline.pipeline(), baseline.model());
  }

  private String id(String version, int episode, AlertStatus status) {
    return "%s/%s/%d/%s".formatted(key(), version, episode, status);
  }

  /** {@code amount (KOLMOGOROV_SMIRNOV 0.31, p 2e-40, Jensen-Shannon 0.28) and 4 more}. */
  static String describe(List<FeatureDrift> drifted) {
    String first =
        drifted.stream()
            .limit(FEATURES_IN_MESSAGE)
            .map(
                feature ->
                    String.format(
                        Locale.ROOT,
                        "%s (%s %.3g, p %.1e, Jensen-Shannon %.3f)",
                        feature.getFeature(),
                        feature.getTest(),
                        feature.getStatistic(),
                        feature.getPValue(),
                        feature.getJensenShannon()))
            .collect(Collectors.joining(", "));
    int more = drifted.size() - FEATURES_IN_MESSAGE;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
