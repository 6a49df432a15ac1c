package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertSeverity;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The messages of alerts: what, where, how much, since when and how bad, in one line. */
final class AlertMessages {
  /**
   * Number of features in the summary, which has to fit into one line of a pager; the evidence
   * lists all of them.
   */
  private static final int FEATURES_IN_MESSAGE = 3;

  private static final double LEAST_P = 1e-300;

  private final ModelReference reference;

  AlertMessages(ModelReference reference) {
    this.reference = reference;
  }

  /**
   * @param quality of the model, as far as it is known
   */
  String firing(AlertSeverity severity, CauseFinding finding, @Nullable KnownQuality quality) {
    String known =
        quality == null
            ? "Quality was not known when this alert began: no window had its labels."
            : quality.sentence();
    return "%s: %s since %s: %s.%s"
        .formatted(
            severity,
            holds(finding.cause()).formatted(model(reference.version())),
            Instant.ofEpochMilli(finding.changeMillis()),
            finding.summary(),
            finding.cause().critical() ? "" : " " + known);
  }

  /**
   * @param finding of the window with which the episode ended; that of a signal has figures
   */
  String resolved(CauseFinding finding, Instant since, Instant at, int recoveryWindows) {
    return "Resolved: %s, with alarms from %s until %s: the last %d tested windows are calm.%s"
        .formatted(
            heldOnce(finding.cause(), reference.version()),
            since,
            at,
            recoveryWindows,
            finding.isSignal() ? " The newest: " + finding.summary() + "." : "");
  }

  /** The alert of a reference that is not compared with any more. */
  String replaced(Cause cause, Alert firing) {
    boolean sameModel = firing.getModelVersion().equals(reference.version());
    String why =
        sameModel
            ? "the training profile or the inputs of this version have changed"
            : "version %s has replaced this version".formatted(reference.version());
    return "Resolved: %s, with alarms since %s; %s, and drift is measured from the start again."
        .formatted(heldOnce(cause, firing.getModelVersion()), firing.getSince(), why);
  }

  String acknowledged(Alert firing, String by, String reason) {
    return "Acknowledged by %s%s. %s"
        .formatted(by, reason.isEmpty() ? "" : " (" + reason + ")", firing.getMessage());
  }

  private String model(String version) {
    return "model %s/%s (version %s)".formatted(reference.pipeline(), reference.model(), version);
  }

  private String heldOnce(Cause cause, String version) {
    return holds(cause).formatted(model(version));
  }

  private static String holds(Cause cause) {
    return switch (cause) {
      case DATA -> "inputs of %s differ from the reference data";
      case PREDICTION -> "scores of %s differ from those of the reference data";
      case DATA_QUALITY ->
          "inputs of %s are null, NaN, infinite or of the wrong type more or less often";
      case UNSEEN_CATEGORIES -> "inputs of %s contain categories that the reference data do not";
      case MISSING_FEATURES -> "inputs of %s are missing more often";
      case FRESHNESS -> "inputs of %s are older, or come too late more often";
      case LABEL_COVERAGE -> "fewer predictions of %s get a label";
      case CONCEPT -> "errors of %s have increased";
      case QUALITY -> "quality of %s is lower";
      case FAIRNESS -> "%s treats slices of the data differently";
    };
  }

  /** {@code amount}, or {@code amount in channel=web}. */
  static String name(FeatureDrift feature) {
    return Slice.nameOf(feature.getFeature(), feature.getSlice());
  }

  private static String effect(DriftTest test) {
    return switch (test) {
      case NOT_FOUND_SHARE, OUTSIDE_MAX_AGE_SHARE, TIMED_OUT_SHARE, MEDIAN_AGE -> "effect";
      default -> "Jensen-Shannon";
    };
  }

  /** A p-value as text; below {@link #LEAST_P} doubles are not exact. */
  private static String p(double value) {
    return value < LEAST_P ? "p < 1e-300" : String.format(Locale.ROOT, "p %.1e", value);
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
                        "%s (%s %.3g, %s, %s %.3f)",
                        name(feature),
                        feature.getTest(),
                        feature.getStatistic(),
                        p(feature.getPValue()),
                        effect(feature.getTest()),
                        feature.getJensenShannon()))
            .collect(Collectors.joining(", "));
    int more = drifted.size() - FEATURES_IN_MESSAGE;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
