package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The state of each cause of alerts, and since when. */
final class CauseTable {
  /** Causes that are found without labels, in the order of {@code schemas/WIRE.md}. */
  static final List<String> OF_WINDOWS =
      List.of(
          "data-drift",
          "prediction-drift",
          "data-quality",
          "unseen-categories",
          "missing-features",
          "freshness");

  /** Causes that are found with labels. */
  static final List<String> OF_LABELS =
      List.of("label-coverage", "concept-drift", "quality", "fairness");

  private static final String OK = "ok";
  private static final Set<ConceptStatus> CONCEPT_KNOWN =
      Set.of(ConceptStatus.OK, ConceptStatus.DRIFT);

  private final DriftReport report;
  private final Duration window;
  private final boolean hasLabels;
  private final @Nullable QualityReport measured;
  private final Map<String, Alert> alerts = new TreeMap<>();

  private CauseTable(DriftState state, DriftReport report) {
    this.report = report;
    this.window = Duration.between(report.getWindowStart(), report.getWindowEnd());
    this.hasLabels = state.pipeline().labels() != null;
    this.measured =
        state.quality().stream().filter(each -> !each.getEstimated()).findFirst().orElse(null);
    state.alerts().forEach(alert -> alerts.put(Alerts.cause(alert), alert));
  }

  /**
   * The table.
   *
   * @param report of the newest window
   */
  static String of(DriftState state, DriftReport report, int width) {
    CauseTable causes = new CauseTable(state, report);
    TextTable table = new TextTable(width, "", "cause", "state", "since", "what");
    OF_WINDOWS.forEach(cause -> causes.add(cause, table));
    OF_LABELS.forEach(cause -> causes.add(cause, table));
    return table.toString();
  }

  private void add(String cause, TextTable table) {
    Alert alert = alerts.get(cause);
    boolean ofLabels = OF_LABELS.contains(cause);
    if (alert != null && alert.getStatus() != AlertStatus.RESOLVED) {
      table.add(cause, firing(alert), Texts.time(alert.getSince(), window), what(alert));
    } else if (ofLabels) {
      String unknown = unknown(cause);
      String state = unknown.isEmpty() ? OK : isWarning(cause) ? "warning" : "not known";
      table.add(cause, state, recovered(alert), unknown);
    } else {
      String state = report.getState().name().toLowerCase(Locale.ROOT);
      table.add(cause, isCompared() ? OK : state, recovered(alert), "");
    }
  }

  /** Why the state of a cause that needs labels is not known; empty if it is. */
  private String unknown(String cause) {
    if (!hasLabels) {
      return "the pipeline has no labels";
    }
    if (measured == null) {
      return "no window has its labels yet";
    }
    ConceptResult concept = measured.getConcept();
    boolean isConcept = cause.equals("concept-drift");
    if (!isConcept || (concept != null && CONCEPT_KNOWN.contains(concept.getState()))) {
      return "";
    }
    if (isWarning(cause)) {
      return "more or fewer errors, before a whole season is known";
    }
    return concept == null
        ? "not monitored"
        : concept.getState().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private boolean isWarning(String cause) {
    ConceptResult concept = measured == null ? null : measured.getConcept();
    return cause.equals("concept-drift")
        && concept != null
        && concept.getState() == ConceptStatus.WARNING;
  }

  /** The end of the last episode of the model version. */
  private String recovered(@Nullable Alert alert) {
    return alert != null && alert.getModelVersion().equals(report.getModelVersion())
        ? Texts.time(alert.getAt(), window)
        : "-";
  }

  private boolean isCompared() {
    return switch (report.getState()) {
      case OK, WARNING, DRIFT -> true;
      default -> false;
    };
  }

  private static String firing(Alert alert) {
    return alert.getStatus() + ", " + alert.getSeverity();
  }

  private String what(Alert alert) {
    String names = String.join(", ", alert.getFeatures());
    return alert.getModelVersion().equals(report.getModelVersion())
        ? names
        : "of version " + alert.getModelVersion() + (names.isEmpty() ? "" : ": " + names);
  }
}
