package dev.millrace.drift.policy;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether drift requests retraining: once per episode, and again when other features have
 * drifted since then or a drift has grown. Cool-down and missing labels delay a trigger while the
 * episode lasts, and after it as long as the missing labels may still come; they never change the
 * drift state.
 */
public final class RetrainingPolicy implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Number of drifted windows that a trigger lists: the first ones. */
  static final int MOST_EVIDENCE = 10;

  private final ModelReference reference;
  private final @Nullable Retrain retrain;
  private final int recoveryWindows;
  private final long labelsWithinMillis;
  private final String outcomesTopic;
  private final String sourceTopic;

  /**
   * @param retrain null: retraining is never requested
   * @param recoveryWindows number of OK windows in a row that end an episode
   * @param labelsWithin the longest time from a prediction to its label
   * @param outcomesTopic topic of the training rows
   * @param sourceTopic clean topic of the scored source
   */
  public RetrainingPolicy(
      ModelReference reference,
      @Nullable Retrain retrain,
      int recoveryWindows,
      Duration labelsWithin,
      String outcomesTopic,
      String sourceTopic) {
    this.reference = reference;
    this.retrain = retrain;
    this.recoveryWindows = recoveryWindows;
    this.labelsWithinMillis = labelsWithin.toMillis();
    this.outcomesTopic = outcomesTopic;
    this.sourceTopic = sourceTopic;
  }

  /** The same decisions about another reference of the model. */
  public RetrainingPolicy of(ModelReference other) {
    return new RetrainingPolicy(
        other,
        retrain,
        recoveryWindows,
        Duration.ofMillis(labelsWithinMillis),
        outcomesTopic,
        sourceTopic);
  }

  /** The state of retraining, and the trigger if one is due now. */
  record Decision(Retraining retraining, @Nullable RetrainingTrigger trigger) {}

  /**
   * What a window of predictions is evidence of; null if it has no cause for retraining. Inputs
   * that are missing, old or of the wrong type are none: a model trained on them would learn a
   * fault.
   */
  static @Nullable WindowEvidence evidence(DriftReport report, List<CauseFinding> findings) {
    List<FeatureDrift> drifted =
        findings.stream()
            .filter(finding -> cause(finding.cause()) != null)
            .flatMap(finding -> finding.evidence().stream())
            .distinct()
            .sorted(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed())
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

  /** What a signal is evidence of; null if it is no cause for retraining. */
  static @Nullable WindowEvidence evidence(CauseFinding signal) {
    Cause cause = cause(signal.cause());
    if (cause == null || signal.sizes().isEmpty()) {
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
   * The drifted windows that no trigger has reported yet, after one more of them. They begin with
   * the first window that drifted for a configured cause, in features or causes that the episode's
   * triggers have not reported, or with a larger drift than they reported.
   */
  List<WindowEvidence> evidence(
      List<WindowEvidence> before, WindowEvidence drifted, TriggeredDrift triggered) {
    if (before.size() == MOST_EVIDENCE
        || (before.isEmpty() && !triggered.isNew(sizes(drifted, this::isWanted)))) {
      return before;
    }
    List<WindowEvidence> evidence = new ArrayList<>(before);
    evidence.add(drifted);
    return evidence;
  }

  /** The size of each change that a window is evidence of. */
  static Map<String, Double> sizes(WindowEvidence window) {
    return sizes(window, cause -> true);
  }

  private static Map<String, Double> sizes(WindowEvidence window, Predicate<Cause> wanted) {
    Map<String, Double> sizes = new HashMap<>();
    for (FeatureDrift feature : window.getFeatures()) {
      if (wanted.test(cause(feature))) {
        sizes.merge(feature.getFeature(), WindowFindings.size(feature), Math::max);
      }
    }
    Cause signalled = Cause.valueOf(window.getCause().name());
    if (window.getFeatures().isEmpty() && wanted.test(signalled)) {
      List<String> slices = window.getSlices().isEmpty() ? List.of("") : window.getSlices();
      slices.forEach(slice -> sizes.put(signalled + "/" + slice, window.getLevel()));
    }
    return sizes;
  }

  /**
   * The drifted windows of an episode that is over: they are kept while labels of their predictions
   * may still come, and for as long as an episode takes to end after that.
   */
  List<WindowEvidence> kept(List<WindowEvidence> evidence, long endMillis) {
    if (retrain == null || retrain.minLabels() == 0 || evidence.isEmpty()) {
      return List.of();
    }
    WindowEvidence last = evidence.get(evidence.size() - 1);
    long lastEndMillis = last.getWindowEnd().toEpochMilli();
    long lengthMillis = lastEndMillis - last.getWindowStart().toEpochMilli();
    long untilMillis = lastEndMillis + recoveryWindows * lengthMillis + labelsWithinMillis;
    return endMillis <= untilMillis ? evidence : List.of();
  }

  /**
   * @param status after the window
   * @param evidence drifted windows that no trigger has reported yet
   * @param available data to train on, this window included
   * @param endMillis of the window
   */
  Decision decide(
      ModelStatus status,
      List<WindowEvidence> evidence,
      AvailableData available,
      long endMillis,
      long nowMillis) {
    if (retrain == null) {
      return new Decision(Retraining.NOT_CONFIGURED, null);
    }
    if (!status.firing() && evidence.isEmpty()) {
      return new Decision(Retraining.NOT_NEEDED, null);
    }
    if (evidence.isEmpty()) {
      boolean triggered = status.triggered().triggers() > 0;
      return new Decision(triggered ? Retraining.TRIGGERED : Retraining.NOT_CONFIGURED, null);
    }
    if (status.triggerMillis() != ModelStatus.NEVER
        && endMillis < status.triggerMillis() + retrain.cooldown().toMillis()) {
      return new Decision(Retraining.COOLING_DOWN, null);
    }
    if (available.sinceDrift().labels() < retrain.minLabels()) {
      return new Decision(Retraining.AWAITING_LABELS, null);
    }
    return new Decision(
        Retraining.TRIGGERED,
        trigger(status, evidence, data(available, endMillis, retrain))
            .setAt(Instant.ofEpochMilli(endMillis))
            .setPublishedAt(Instant.ofEpochMilli(nowMillis))
            .build());
  }

  /** Whether a pipeline may be configured to request retraining for a cause. */
  static boolean mayRequest(dev.millrace.drift.detect.Cause cause) {
    return cause(cause) != null;
  }

  private boolean isWanted(Cause cause) {
    return retrain != null && retrain.on().contains(cause);
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
   * Loss of quality if there is evidence of it, else DATA if inputs drifted, since they also change
   * the score.
   */
  private Cause cause(List<WindowEvidence> evidence) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    for (WindowEvidence window : evidence) {
      window.getFeatures().forEach(feature -> causes.add(cause(feature)));
      if (window.getFeatures().isEmpty()) {
        causes.add(Cause.valueOf(window.getCause().name()));
      }
    }
    return Stream.of(Cause.QUALITY, Cause.CONCEPT, Cause.DATA)
        .filter(cause -> causes.contains(cause) && isWanted(cause))
        .findFirst()
        .orElse(Cause.PREDICTION);
  }

  private RetrainingTrigger.Builder trigger(
      ModelStatus status, List<WindowEvidence> evidence, TrainingData data) {
    int sequence = status.triggered().triggers() + 1;
    Long episode = status.sinceMillis();
    Instant since =
        episode == null ? evidence.get(0).getWindowStart() : Instant.ofEpochMilli(episode);
    return RetrainingTrigger.newBuilder()
        .setId(id(since, sequence))
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setCause(RetrainingCause.valueOf(cause(evidence).name()))
        .setEpisode(status.episode())
        .setSince(since)
        .setSequence(sequence)
        .setMessage(
            "Retrain model %s/%s, version %s has drifted: %s. %d labels of %d predictions since %s, %d of them since the drift began."
                .formatted(
                    reference.pipeline(),
                    reference.model(),
                    reference.version(),
                    describe(evidence.get(0)),
                    data.getLabels(),
                    data.getPredictions(),
                    data.getFrom(),
                    data.getDriftLabels()))
        .setEvidence(evidence)
        .setData(data);
  }

  private static String describe(WindowEvidence window) {
    return window.getFeatures().isEmpty()
        ? window.getSummary()
        : AlertMessages.describe(window.getFeatures());
  }

  private TrainingData data(AvailableData available, long endMillis, Retrain wanted) {
    WindowTotals all = available.sinceTrigger();
    WindowTotals drifted = available.sinceDrift();
    return TrainingData.newBuilder()
        .setTopic(outcomesTopic)
        .setFrom(Instant.ofEpochMilli(all.fromMillis()))
        .setTo(Instant.ofEpochMilli(endMillis))
        .setSourceTopic(sourceTopic)
        .setOffsets(ReportBuilder.ranges(all.ranges()))
        .setPredictions(all.predictions())
        .setLabels(all.labels())
        .setMinLabels(wanted.minLabels())
        .setDriftFrom(Instant.ofEpochMilli(drifted.fromMillis()))
        .setDriftLabels(drifted.labels())
        .build();
  }

  /**
   * A UUID of version 3 (RFC 9562, 5.3), the same for the same trigger of the same episode after
   * any restart. An episode is identified by its start, since a version that returns may have had
   * other episodes before.
   */
  private String id(Instant since, int sequence) {
    String name =
        String.join(
            "\n",
            reference.pipeline(),
            reference.model(),
            reference.version(),
            reference.digest(),
            since.toString(),
            String.valueOf(sequence));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
