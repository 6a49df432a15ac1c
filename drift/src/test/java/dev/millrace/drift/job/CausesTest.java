package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertSeverity;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Each cause has episodes, alerts and messages of its own. */
class CausesTest {
  /** Scores that are shifted by half their range. */
  private static final double SCORES_SHIFTED = 0.5;

  private static CauseSignal signal(Cause cause, long window, Verdict verdict) {
    return signal(cause, window, verdict, 0.1);
  }

  private static CauseSignal signal(Cause cause, long window, Verdict verdict, double level) {
    return new CauseSignal(
        cause,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        verdict,
        level,
        "AUC 0.71 to 0.70",
        List.of());
  }

  @Test
  void scoresAndInputsFireAndResolveOnTheirOwn() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(10, MANY, SHIFTED).window(11, MANY, SHIFTED, SCORES_SHIFTED);
      drift.window(12, MANY, CALM, SCORES_SHIFTED).window(13, MANY, CALM, SCORES_SHIFTED);
      drift.window(14, MANY, CALM, SCORES_SHIFTED).window(15, MANY, CALM).window(16, MANY, CALM);
      assertThat(drift.reports().get(6).getState()).isEqualTo(DriftState.DRIFT);
      for (int window = 17; window < 25; window++) {
        drift.window(window, MANY, CALM);
      }

      assertThat(drift.alerts())
          .extracting(alert -> alert.getKey() + " " + alert.getStatus())
          .containsExactly(
              "shop/refund/data-drift FIRING",
              "shop/refund/prediction-drift FIRING",
              "shop/refund/data-drift RESOLVED",
              "shop/refund/prediction-drift RESOLVED");
      assertThat(drift.alerts())
          .extracting(Alert::getSince)
          .containsExactly(
              Instant.ofEpochMilli(10_000),
              Instant.ofEpochMilli(11_000),
              Instant.ofEpochMilli(10_000),
              Instant.ofEpochMilli(11_000));
      assertThat(drift.alerts().get(0).getFeatures()).containsExactly("amount");
      assertThat(drift.alerts().get(1).getFeatures()).containsExactly("score");
      assertThat(drift.alerts()).extracting(Alert::getEpisode).containsOnly(1);
      assertThat(drift.reports().get(14).getState()).isEqualTo(DriftState.OK);
      // One time of drift, so one episode of retraining with two triggers.
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getEpisode).containsExactly(1, 1);
    }
  }

  @Test
  void signalsOfALaterTimeFireAndResolve() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM).window(1, MANY, CALM);
      drift.signal(signal(Cause.LABEL_COVERAGE, 0, Verdict.DRIFT));
      for (int window = 1; window <= 3; window++) {
        drift.signal(signal(Cause.LABEL_COVERAGE, window, Verdict.OK));
      }
      drift.close(3);

      assertThat(drift.alerts())
          .extracting(Alert::getId)
          .containsExactly(
              "shop/refund/label-coverage/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/FIRING",
              "shop/refund/label-coverage/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/RESOLVED");
      assertThat(drift.alerts().get(0).getMessage())
          .startsWith("WARNING: fewer predictions of model shop/refund")
          .contains("since 1970-01-01T00:00:00Z", "AUC 0.71 to 0.70");
      assertThat(drift.triggers()).isEmpty();
    }
  }

  @Test
  void aSignalOfAnotherVersionIsNotAboutTheReference() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM);
      drift.signal(
          new CauseSignal(
              Cause.CONCEPT, "ba9876543210", 0, Shop.WINDOW, Verdict.DRIFT, 0.1, "", List.of()));

      assertThat(drift.alerts()).isEmpty();
      assertThat(drift.triggers()).isEmpty();
    }
  }

  /** Quality needs more windows than concept drift to be known, so that alone is known at first. */
  @Test
  void anAlertNamesTheNewestWindowWithLabels() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM).window(1, MANY, CALM);
      for (int window = 0; window < 2; window++) {
        drift.signal(signal(Cause.CONCEPT, window, Verdict.OK));
        drift.signal(signal(Cause.QUALITY, window, Verdict.INSUFFICIENT));
      }
      drift.window(2, MANY, SHIFTED);

      assertThat(drift.alerts().get(0).getMessage())
          .contains(
              "labels had come, %s to %s"
                  .formatted(
                      Instant.ofEpochMilli(Shop.WINDOW), Instant.ofEpochMilli(2 * Shop.WINDOW)));
    }
  }

  @Test
  void dataThatDriftAreAWarningUntilQualityIsLost() throws Exception {
    try (DriftHarness unknown = new DriftHarness(AT_ONCE);
        DriftHarness kept = new DriftHarness(AT_ONCE);
        DriftHarness lost = new DriftHarness(AT_ONCE)) {
      unknown.window(0, MANY, CALM).window(1, MANY, SHIFTED);
      kept.window(0, MANY, CALM).signal(signal(Cause.QUALITY, 0, Verdict.OK));
      kept.window(1, MANY, SHIFTED);
      lost.window(0, MANY, CALM).signal(signal(Cause.QUALITY, 0, Verdict.DRIFT));
      lost.window(1, MANY, SHIFTED);

      Alert first = unknown.alerts().get(0);
      assertThat(first.getSeverity()).isEqualTo(AlertSeverity.WARNING);
      assertThat(first.getCause()).isEqualTo("data-drift");
      assertThat(first.getMessage())
          .contains("WARNING", "Quality was not known when this alert began");
      assertThat(kept.alerts().get(0).getMessage())
          .contains("WARNING", "Quality has not changed measurably", "(AUC 0.71 to 0.70)");
      assertThat(lost.alerts())
          .extracting(alert -> alert.getCause() + " " + alert.getSeverity())
          .containsExactly("quality CRITICAL", "data-drift CRITICAL");
      assertThat(lost.alerts().get(1).getMessage())
          .startsWith("CRITICAL: inputs of model shop/refund")
          .contains("Quality is lost");
    }
  }

  @Test
  void lossOfQualityRequestsRetrainingWithTheLabelsSinceThen() throws Exception {
    Retrain retrain =
        new Retrain(
            Set.of(dev.millrace.schemas.pipeline.Cause.CONCEPT), Duration.ofSeconds(10), 100);
    try (DriftHarness drift = new DriftHarness(retrain)) {
      drift.labels(0, 60).window(0, MANY, CALM).labels(1, 70).window(1, MANY, SHIFTED);
      drift.labels(1, 10).window(2, MANY, SHIFTED);
      assertThat(drift.triggers()).isEmpty();

      drift.signal(signal(Cause.CONCEPT, 1, Verdict.DRIFT));
      assertThat(drift.triggers()).isEmpty();
      drift.labels(1, 20).signal(signal(Cause.CONCEPT, 2, Verdict.DRIFT));

      assertThat(drift.triggers()).hasSize(1);
      RetrainingTrigger trigger = drift.triggers().get(0);
      assertThat(trigger.getCause()).isEqualTo(RetrainingCause.CONCEPT);
      assertThat(trigger.getEvidence()).hasSize(2);
      assertThat(trigger.getEvidence().get(0).getSummary()).isEqualTo("AUC 0.71 to 0.70");
      assertThat(trigger.getData().getDriftFrom()).isEqualTo(Instant.ofEpochMilli(1_000));
      assertThat(trigger.getData().getDriftLabels()).isEqualTo(100);
      assertThat(trigger.getData().getLabels()).isEqualTo(160);

      drift.signal(signal(Cause.CONCEPT, 3, Verdict.DRIFT, 0.5)).window(3, MANY, SHIFTED);
      assertThat(drift.triggers()).hasSize(1);
    }
  }

  @Test
  void aRestartRepeatsTheLastAlertOfEachCause() throws Exception {
    OperatorSubtaskState snapshot;
    List<Alert> fired;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED, SCORES_SHIFTED);
      before.signal(signal(Cause.CONCEPT, 0, Verdict.DRIFT));
      snapshot = before.snapshot();
      fired = before.alerts();
      assertThat(fired).hasSize(3);
    }
    try (DriftHarness after = new DriftHarness(ShopReferences.referenceSet(), AT_ONCE, snapshot)) {
      after.window(1, MANY, SHIFTED, SCORES_SHIFTED).window(2, MANY, SHIFTED, SCORES_SHIFTED);

      assertThat(after.alerts()).containsExactlyInAnyOrderElementsOf(fired);
      assertThat(after.triggers()).isEmpty();
    }
  }

  @Test
  void anotherVersionResolvesTheAlertsOfAllCauses() throws Exception {
    OperatorSubtaskState snapshot;
    try (DriftHarness before = new DriftHarness(AT_ONCE)) {
      before.window(0, MANY, SHIFTED, SCORES_SHIFTED);
      before.signal(signal(Cause.CONCEPT, 0, Verdict.DRIFT));
      snapshot = before.snapshot();
    }
    try (DriftHarness after =
        new DriftHarness(ShopReferences.referenceSet("ba9876543210"), AT_ONCE, snapshot)) {
      after.window(2, MANY, CALM);

      assertThat(after.alerts())
          .extracting(alert -> alert.getCause() + " " + alert.getStatus())
          .containsExactly(
              "data-drift RESOLVED", "prediction-drift RESOLVED", "concept-drift RESOLVED");
      assertThat(after.alerts()).extracting(Alert::getStatus).containsOnly(AlertStatus.RESOLVED);
    }
  }
}
