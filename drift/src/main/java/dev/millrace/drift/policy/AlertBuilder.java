package dev.millrace.drift.policy;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Builds the alert about drift of a model's data. */
final class AlertBuilder {
  /**
   * Number of features in the summary, which has to fit into one line of a pager; the evidence
   * lists all of them.
   */
  private static final int FEATURES_IN_MESSAGE = 3;

  private final ModelReference reference;

  AlertBuilder(ModelReference reference) {
    this.reference = reference;
  }

  /** The alert for an episode that began with the window of the report. */
  Alert firing(int episode, Instant since, DriftReport report, long nowMillis) {
    List<FeatureDrift> drifted = ReportBuilder.drifted(report);
    return alert(AlertStatus.FIRING, episode, since, report.getWindowEnd(), nowMillis)
        .setMessage(
            "Data of model %s/%s (version %s) drifted from its training data: %s. Window %s to %s, %d predictions."
                .formatted(
                    reference.pipeline(),
                    reference.model(),
                    reference.version(),
                    describe(drifted),
                    report.getWindowStart(),
                    report.getWindowEnd(),
                    report.getSamples()))
        .setFeatures(drifted.stream().map(FeatureDrift::getFeature).toList())
        .setEvidence(drifted)
        .setReport(report.getId())
        .build();
  }

  /** The alert for an episode that ended with the window of the report. */
  Alert resolved(int episode, Instant since, DriftReport report, long nowMillis) {
    return alert(AlertStatus.RESOLVED, episode, since, report.getWindowEnd(), nowMillis)
        .setMessage(
            "Data of model %s/%s (version %s) is like its training data again: %d windows without drift."
                .formatted(
                    reference.pipeline(),
                    reference.model(),
                    reference.version(),
                    EpisodeState.RECOVERY_WINDOWS))
        .setReport(report.getId())
        .build();
  }

  /** Resolves an alert because the data are compared with another reference now. */
  Alert replaced(Alert firing, Instant at, long nowMillis) {
    boolean sameModel = firing.getModelVersion().equals(reference.version());
    return Alert.newBuilder(firing)
        .setId(
            id(
                firing.getModelVersion(),
                firing.getReferenceDigest(),
                firing.getSince(),
                AlertStatus.RESOLVED))
        .setStatus(AlertStatus.RESOLVED)
        .setMessage(
            sameModel
                ? "The training profile or the inputs of version %s of model %s/%s have changed; drift is measured from the start again."
                    .formatted(reference.version(), reference.pipeline(), reference.model())
                : "Version %s replaced version %s of model %s/%s, whose data had drifted."
                    .formatted(
                        reference.version(),
                        firing.getModelVersion(),
                        reference.pipeline(),
                        reference.model()))
        .setAt(at)
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(List.of())
        .setEvidence(List.of())
        .build();
  }

  private Alert.Builder alert(
      AlertStatus status, int episode, Instant since, Instant at, long nowMillis) {
    return Alert.newBuilder()
        .setKey(key())
        .setId(id(reference.version(), reference.digest(), since, status))
        .setStatus(status)
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setEpisode(episode)
        .setSince(since)
        .setAt(at)
        .setPublishedAt(Instant.ofEpochMilli(nowMillis))
        .setFeatures(List.of())
        .setEvidence(List.of());
  }

  private String key() {
    return "%s/%s/data-drift".formatted(reference.pipeline(), reference.model());
  }

  /**
   * An episode is identified by its start, since a version that returns may have had other episodes
   * before.
   */
  private String id(String version, String digest, Instant since, AlertStatus status) {
    return "%s/%s/%s/%s/%s".formatted(key(), version, digest, since, status);
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
