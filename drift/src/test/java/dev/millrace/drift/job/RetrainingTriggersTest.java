package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The conditions under which drift requests retraining. */
class RetrainingTriggersTest {
  @Test
  void coolDownDelaysATriggerButNotTheAlert() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ofSeconds(6), 0))) {
      drift.window(0, MANY, SHIFTED);
      drift.window(1, MANY, CALM).window(2, MANY, CALM).window(3, MANY, CALM);
      drift.window(4, MANY, SHIFTED).window(5, MANY, SHIFTED).window(6, MANY, SHIFTED);

      assertThat(drift.alerts()).hasSize(3);
      assertThat(drift.reports().subList(4, 7))
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.COOLING_DOWN, Retraining.COOLING_DOWN, Retraining.TRIGGERED);
      assertThat(drift.triggers()).hasSize(2);
      assertThat(drift.triggers().get(1).getEvidence()).hasSize(3);
    }
  }

  @Test
  void aTriggerWaitsForLabels() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      drift.labels(0, 60).window(0, MANY, SHIFTED);
      assertThat(drift.triggers()).isEmpty();

      drift.labels(0, 50).window(1, MANY, SHIFTED);
      assertThat(drift.reports())
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.AWAITING_LABELS, Retraining.TRIGGERED);
      assertThat(drift.triggers().get(0).getData().getLabels()).isEqualTo(110);
      assertThat(drift.triggers().get(0).getData().getMinLabels()).isEqualTo(100);
    }
  }

  @Test
  void aCauseThatIsNotConfiguredDoesNotTrigger() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.PREDICTION), Duration.ZERO, 0))) {
      drift.window(0, MANY, SHIFTED);

      assertThat(drift.alerts()).hasSize(1);
      assertThat(drift.triggers()).isEmpty();
      assertThat(drift.reports().get(0).getRetraining()).isEqualTo(Retraining.NOT_CONFIGURED);
    }
  }

  @Test
  void driftOfAnotherFeatureRequestsRetrainingAgainAfterTheCoolDown() throws Exception {
    Retrain retrain = new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ofSeconds(3), 0);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      drift.window(0, MANY, SHIFTED).window(1, MANY, SHIFTED);
      drift.window(2, MANY, SHIFTED, 0.5).window(3, MANY, SHIFTED).window(4, MANY, SHIFTED, 0.5);

      assertThat(drift.reports())
          .extracting(DriftReport::getRetraining)
          .containsExactly(
              Retraining.TRIGGERED,
              Retraining.TRIGGERED,
              Retraining.COOLING_DOWN,
              Retraining.TRIGGERED,
              Retraining.TRIGGERED);
      assertThat(drift.alerts()).hasSize(2);
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getEpisode).containsExactly(1, 1);
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getSequence).containsExactly(1, 2);
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getId).doesNotHaveDuplicates();
      assertThat(drift.triggers().get(1).getEvidence())
          .extracting("report")
          .containsExactly(drift.reports().get(2).getId(), drift.reports().get(3).getId());
      assertThat(drift.triggers().get(1).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(1_000));
    }
  }

  @Test
  void aDriftThatHasGrownRequestsRetrainingAgain() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, SHIFTED).window(1, MANY, SHIFTED).window(2, MANY, 5 * SHIFTED);

      assertThat(drift.triggers())
          .extracting(RetrainingTrigger::getAt)
          .containsExactly(Instant.ofEpochMilli(1_000), Instant.ofEpochMilli(3_000));
    }
  }

  /** A model trained with these labels would fit the data before the drift. */
  @Test
  void labelsFromBeforeTheDriftDoNotCount() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      drift.labels(0, 500).window(0, MANY, CALM);
      drift.labels(0, 50).labels(1, 30).window(1, MANY, SHIFTED);
      drift.labels(0, 90).labels(1, 69).window(2, MANY, SHIFTED);
      assertThat(drift.triggers()).isEmpty();

      drift.labels(2, 1).window(3, MANY, CALM);
      assertThat(drift.triggers()).hasSize(1);
      assertThat(drift.triggers().get(0).getData().getLabels()).isEqualTo(740);
      assertThat(drift.triggers().get(0).getData().getDriftLabels()).isEqualTo(100);
      assertThat(drift.triggers().get(0).getData().getDriftFrom())
          .isEqualTo(Instant.ofEpochMilli(1_000));
      assertThat(drift.triggers().get(0).getData().getFrom()).isEqualTo(Instant.EPOCH);
    }
  }

  @Test
  void countsLabelsThatComeManyWindowsLater() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      drift.window(0, MANY, SHIFTED).window(10_000, MANY, SHIFTED);
      drift.labels(0, 100).window(10_001, MANY, SHIFTED);

      assertThat(drift.triggers()).hasSize(1);
      assertThat(drift.triggers().get(0).getData().getLabels()).isEqualTo(100);
      assertThat(drift.triggers().get(0).getData().getPredictions()).isEqualTo(3 * MANY);
    }
  }

  /** The distance is at most 1, so it cannot double from one half on. */
  @Test
  void aLargeDriftThatHasGrownRequestsRetrainingAgain() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, 3 * SHIFTED).window(1, MANY, 3 * SHIFTED).window(2, MANY, 9 * SHIFTED);
      drift.window(3, MANY, 9 * SHIFTED);

      assertThat(drift.reports().get(0).getFeatures().get(0).getJensenShannon()).isGreaterThan(0.5);
      assertThat(drift.triggers())
          .extracting(RetrainingTrigger::getAt)
          .containsExactly(Instant.ofEpochMilli(1_000), Instant.ofEpochMilli(3_000));
    }
  }

  @Test
  void anEndedDriftRequestsRetrainingWhenItsLabelsHaveCome() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      drift.window(0, MANY, SHIFTED);
      drift.window(1, MANY, CALM).window(2, MANY, CALM).window(3, MANY, CALM);
      drift.window(4, MANY, CALM);
      assertThat(drift.alerts()).hasSize(2);
      assertThat(drift.triggers()).isEmpty();

      drift.labels(0, 100).window(5, MANY, CALM).window(6, MANY, CALM);
      assertThat(drift.reports().subList(3, 7))
          .extracting(DriftReport::getRetraining)
          .containsExactly(
              Retraining.AWAITING_LABELS,
              Retraining.AWAITING_LABELS,
              Retraining.TRIGGERED,
              Retraining.NOT_NEEDED);
      assertThat(drift.triggers()).hasSize(1);
      RetrainingTrigger trigger = drift.triggers().get(0);
      assertThat(trigger.getSince()).isEqualTo(Instant.EPOCH);
      assertThat(trigger.getEpisode()).isEqualTo(1);
      assertThat(trigger.getEvidence()).hasSize(1);
      assertThat(trigger.getData().getDriftFrom()).isEqualTo(Instant.EPOCH);
      assertThat(trigger.getData().getDriftLabels()).isEqualTo(100);
    }
  }

  @Test
  void stopsWaitingWhenLabelsCanNoLongerCome() throws Exception {
    try (DriftHarness drift =
        new DriftHarness(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      drift.window(0, MANY, SHIFTED);
      for (int window = 1; window <= 10; window++) {
        drift.window(window, MANY, CALM);
      }
      drift.labels(0, MANY).window(11, MANY, CALM);

      assertThat(drift.reports().subList(9, 12))
          .extracting(DriftReport::getRetraining)
          .containsExactly(
              Retraining.AWAITING_LABELS, Retraining.NOT_NEEDED, Retraining.NOT_NEEDED);
      assertThat(drift.triggers()).isEmpty();
    }
  }

  private static CauseSignal loss(long window) {
    return signal(dev.millrace.drift.detect.Cause.QUALITY, window, window);
  }

  private static CauseSignal conceptDrift(long window, long change) {
    return signal(dev.millrace.drift.detect.Cause.CONCEPT, window, change);
  }

  private static CauseSignal signal(
      dev.millrace.drift.detect.Cause cause, long window, long change) {
    return new CauseSignal(
        cause,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        Verdict.DRIFT,
        0.3,
        "share of wrong decisions 0.1 to 0.4",
        List.of(),
        change * Shop.WINDOW);
  }

  /** One event causes both; the labels of its window come when the inputs have recovered. */
  @Test
  void aLossOfQualityOfTheSameWindowHasATriggerOfItsOwn() throws Exception {
    Retrain retrain = new Retrain(Set.of(Cause.DATA, Cause.QUALITY), Duration.ZERO, 0);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      drift.window(9, MANY, CALM).window(10, MANY, SHIFTED);
      for (int window = 11; window <= 16; window++) {
        drift.window(window, MANY, CALM);
      }
      drift.signal(loss(10)).window(17, MANY, CALM);

      assertThat(drift.triggers())
          .extracting(RetrainingTrigger::getCause)
          .containsExactly(RetrainingCause.DATA, RetrainingCause.QUALITY);
      assertThat(drift.triggers())
          .extracting(RetrainingTrigger::getSince)
          .containsOnly(Instant.ofEpochMilli(10_000));
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getId).doesNotHaveDuplicates();
    }
  }

  /** Concept drift was found with window 4, and had begun with window 2. */
  @Test
  void labelsCountFromTheEstimatedChangeOfTheAlert() throws Exception {
    Retrain retrain = new Retrain(Set.of(Cause.CONCEPT), Duration.ZERO, 100);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      for (int window = 1; window <= 5; window++) {
        drift.labels(window, 40).window(window, MANY, CALM);
      }
      drift.signal(conceptDrift(4, 2));

      Instant since = Instant.ofEpochMilli(2_000);
      assertThat(drift.alerts().get(0).getMessage()).contains("increased since " + since + ": ");
      RetrainingTrigger trigger = drift.triggers().get(0);
      assertThat(trigger.getData().getDriftFrom()).isEqualTo(since);
      assertThat(trigger.getData().getDriftLabels()).isEqualTo(4 * 40);
      assertThat(trigger.getMessage())
          .endsWith("160 of them since " + since + ", when the drift began.");
      assertThat(trigger.getSince()).isEqualTo(drift.alerts().get(0).getSince());
    }
  }

  /** The first trigger has the data of windows 1 to 3, so labels of these do not count again. */
  @Test
  void labelsOfAnEarlierTriggerDoNotCount() throws Exception {
    Retrain retrain = new Retrain(Set.of(Cause.DATA, Cause.CONCEPT), Duration.ZERO, 40);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      drift.labels(1, 40).window(1, MANY, CALM);
      drift.labels(2, 40).window(2, MANY, CALM).labels(3, 40).window(3, MANY, SHIFTED);
      assertThat(drift.triggers()).hasSize(1);
      drift.labels(4, 40).window(4, MANY, SHIFTED).signal(conceptDrift(4, 2));

      assertThat(drift.triggers()).hasSize(2);
      assertThat(drift.triggers().get(1).getData().getDriftFrom())
          .isEqualTo(Instant.ofEpochMilli(4_000));
      assertThat(drift.triggers().get(1).getData().getDriftLabels()).isEqualTo(40);
    }
  }

  @Test
  void aTriggerWaitsForData() throws Exception {
    Retrain retrain = new Retrain(Set.of(Cause.DATA, Cause.QUALITY), Duration.ZERO, 0);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      drift.window(9, MANY, CALM).window(10, MANY, CALM).window(16, MANY, SHIFTED);
      drift.signal(loss(9));
      assertThat(drift.triggers()).as("all data are in the first trigger").hasSize(1);

      drift.window(17, MANY, CALM);
      assertThat(drift.triggers()).hasSize(2);
      assertThat(drift.triggers().get(1).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(17_000));
      assertThat(drift.triggers().get(1).getData().getPredictions()).isEqualTo(MANY);
      assertThat(drift.triggers().get(1).getData().getOffsets()).isNotEmpty();
    }
  }
}
