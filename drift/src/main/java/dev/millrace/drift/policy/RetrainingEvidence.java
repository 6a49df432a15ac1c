package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The evidence for retraining in windows and signals. */
final class RetrainingEvidence {
  /** Separates a signal's cause from a name; names of features do not contain it. */
  private static final String SIGNALLED = "/";

  private RetrainingEvidence() {}

  /**
   * The evidence of a window of predictions; null if it has no cause for retraining. Inputs that
   * are missing, old or of the wrong type are no such cause: a model trained on them would
   * reproduce a fault.
   */
  static @Nullable WindowEvidence evidence(DriftReport report, List<CauseFinding> findings) {
    List<FeatureDrift> drifted =
        findings.stream()
            .filter(finding -> cause(finding.cause()) != null)
            .flatMap(finding -> finding.evidence().stream())
            .distinct()
            .sorted(WindowFindings.LARGEST_FIRST)
            .toList();
    if (drifted.isEmpty()) {
      return null;
    }
    boolean data = drifted.stream().anyMatch(each -> cause(each) == Cause.DATA);
    return WindowEvidence.newBuilder()
        .setReport(report.getId())
        .setWindowStart(report.getWindowStart())
        .setWindowEnd(report.getWindowEnd())
        .setFeatures(drifted)
        .setCause(data ? RetrainingCause.DATA : RetrainingCause.PREDICTION)
        .build();
  }

  /** The evidence of a signal; null if it is no cause for retraining. */
  static @Nullable WindowEvidence evidence(CauseFinding signal) {
    Cause cause = cause(signal.cause());
    if (cause == null || signal.verdict() != Verdict.DRIFT) {
      return null;
    }
    return WindowEvidence.newBuilder()
        .setReport(signal.report())
        .setWindowStart(Instant.ofEpochMilli(signal.startMillis()))
        .setWindowEnd(Instant.ofEpochMilli(signal.endMillis()))
        .setFeatures(List.of())
        .setCause(RetrainingCause.valueOf(cause.name()))
        .setSummary(signal.summary())
        .setSlices(signal.names())
        .setLevel(signal.sizes().values().iterator().next())
        .build();
  }

  /**
   * The size of each change that a window is evidence of: by feature, or of a signal by its cause.
   */
  static Map<String, Double> sizes(WindowEvidence window) {
    return sizes(window, feature -> true, cause -> true);
  }

  /**
   * The size of each change that is an alarm by itself. A feature that an alarm only names is no
   * reason to train again: in a long episode that would be each feature at some time, by chance.
   */
  static Map<String, Double> alarms(WindowEvidence window, Predicate<Cause> wanted) {
    return sizes(window, WindowFindings::isAlarm, wanted);
  }

  private static Map<String, Double> sizes(
      WindowEvidence window, Predicate<FeatureDrift> counted, Predicate<Cause> wanted) {
    Map<String, Double> sizes = new HashMap<>();
    for (FeatureDrift feature : window.getFeatures()) {
      if (counted.test(feature) && wanted.test(cause(feature))) {
        sizes.merge(AlertMessages.name(feature), WindowFindings.size(feature), Math::max);
      }
    }
    Cause signalled = Cause.valueOf(window.getCause().name());
    if (window.getFeatures().isEmpty() && wanted.test(signalled)) {
      sizes.put(signalled + SIGNALLED, window.getLevel());
    }
    return sizes;
  }

  /** Whether a size is that of a signal; see {@link #sizes}. */
  static boolean isSignalled(String name) {
    return name.endsWith(SIGNALLED) && Slice.featureOf(name).equals(name);
  }

  /** Whether a pipeline may be configured to request retraining for a cause. */
  static boolean mayRequest(dev.millrace.drift.detect.Cause cause) {
    return cause(cause) != null;
  }

  private static Cause cause(FeatureDrift drifted) {
    return drifted.getFeature().equals(Reference.SCORE) ? Cause.PREDICTION : Cause.DATA;
  }

  /** The cause for retraining that an unusual window may be; null if it is none. */
  private static @Nullable Cause cause(dev.millrace.drift.detect.Cause cause) {
    return switch (cause) {
      case DATA, UNSEEN_CATEGORIES -> Cause.DATA;
      case PREDICTION -> Cause.PREDICTION;
      case CONCEPT -> Cause.CONCEPT;
      case QUALITY -> Cause.QUALITY;
      case DATA_QUALITY, MISSING_FEATURES, FRESHNESS, LABEL_COVERAGE, FAIRNESS -> null;
    };
  }

  /**
   * The cause that a trigger names: loss of quality if there is evidence of it, else DATA if inputs
   * drifted, since they also change the score.
   *
   * @param wanted the causes that request retraining
   */
  static Cause cause(List<WindowEvidence> evidence, Predicate<Cause> wanted) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    for (WindowEvidence window : evidence) {
      window.getFeatures().forEach(feature -> causes.add(cause(feature)));
      if (window.getFeatures().isEmpty()) {
        causes.add(Cause.valueOf(window.getCause().name()));
      }
    }
    return Stream.of(Cause.QUALITY, Cause.CONCEPT, Cause.DATA)
        .filter(cause -> causes.contains(cause) && wanted.test(cause))
        .findFirst()
        .orElse(Cause.PREDICTION);
  }

  /** The evidence in one line. */
  static String describe(WindowEvidence window) {
    return window.getFeatures().isEmpty()
        ? window.getSummary()
        : AlertMessages.describe(window.getFeatures());
  }
}
