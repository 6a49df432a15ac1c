package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.CALM;
import static dev.millrace.drift.job.DriftHarness.FEW;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static dev.millrace.drift.job.DriftHarness.SHIFTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DriftFunctionTest {
  @Test
  void reportsCalmWindowsWithoutAlertsOrTriggers() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM).window(1, MANY, CALM);

      assertThat(drift.reports()).extracting(DriftReport::getState).containsOnly(DriftState.OK);
      assertThat(drift.alerts()).isEmpty();
      assertThat(drift.triggers()).isEmpty();
      DriftReport report = drift.reports().get(1);
      assertThat(report.getId()).isEqualTo("shop/refund/0123456789ab/1970-01-01T00:00:01Z");
      assertThat(report.getWindowEnd()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(report.getSamples()).isEqualTo(MANY);
      assertThat(report.getLate()).isZero();
      assertThat(report.getRetraining()).isEqualTo(Retraining.NOT_NEEDED);
      assertThat(report.getFeatures())
          .extracting(FeatureDrift::getFeature)
          .containsExactly("amount", "channel", "score");
      assertThat(report.getOffsets())
          .extracting("partition", "from", "to")
          .contains(org.assertj.core.groups.Tuple.tuple(0, 100_000L, 100_397L));
    }
  }

  @Test
  void doesNotTestASmallWindow() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, FEW, 5 * SHIFTED);

      DriftReport report = drift.reports().get(0);
      assertThat(report.getState()).isEqualTo(DriftState.INSUFFICIENT);
      assertThat(report.getFeatures())
          .extracting(FeatureDrift::getVerdict)
          .containsOnly(Verdict.INSUFFICIENT);
      assertThat(drift.alerts()).isEmpty();
      assertThat(report.getSamplesMissing()).isEqualTo(Shop.DRIFT.minSamples() - FEW);
      assertThat(report.getReferenceMissing()).isZero();
    }
  }

  @Test
  void doesNotReportDriftDuringWarmUp() throws Exception {
    try (DriftHarness drift = new DriftHarness(Duration.ofMillis(2 * Shop.WINDOW))) {
      drift.window(3, MANY, SHIFTED).window(4, MANY, SHIFTED);
      assertThat(drift.reports()).extracting(DriftReport::getState).containsOnly(DriftState.WARMUP);
      assertThat(drift.alerts()).isEmpty();
      assertThat(drift.triggers()).isEmpty();

      drift.window(5, MANY, SHIFTED);
      assertThat(drift.alerts()).hasSize(1);
    }
  }

  @Test
  void aShiftSendsOneAlertWithEvidenceAndRequestsRetraining() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM).window(1, MANY, SHIFTED).window(2, MANY, SHIFTED);

      assertThat(drift.alerts()).hasSize(1);
      Alert alert = drift.alerts().get(0);
      assertThat(alert.getKey()).isEqualTo("shop/refund/data-drift");
      assertThat(alert.getId())
          .isEqualTo(
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:01Z/FIRING");
      assertThat(alert.getStatus()).isEqualTo(AlertStatus.FIRING);
      assertThat(alert.getFeatures()).containsExactly("amount");
      assertThat(alert.getEvidence()).hasSize(1);
      assertThat(alert.getReport()).isEqualTo(drift.reports().get(1).getId());
      assertThat(alert.getSince()).isEqualTo(Instant.ofEpochMilli(1_000));
      assertThat(alert.getAt()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(alert.getMessage()).contains("amount (KOLMOGOROV_SMIRNOV");

      assertThat(drift.triggers()).hasSize(1);
      RetrainingTrigger trigger = drift.triggers().get(0);
      assertThat(trigger.getCause()).isEqualTo(RetrainingCause.DATA);
      assertThat(trigger.getEvidence()).hasSize(1);
      assertThat(trigger.getData().getFrom()).isEqualTo(Instant.EPOCH);
      assertThat(trigger.getData().getTo()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(trigger.getData().getPredictions()).isEqualTo(2 * MANY);
      assertThat(trigger.getData().getOffsets().get(0).getFrom()).isZero();
      assertThat(trigger.getData().getOffsets().get(0).getTo()).isEqualTo(100_397);
      assertThat(drift.reports())
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.NOT_NEEDED, Retraining.TRIGGERED, Retraining.TRIGGERED);
    }
  }

  @Test
  void calmWindowsResolveTheAlertAndTheNextShiftIsANewEpisode() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, SHIFTED);
      drift.window(1, MANY, CALM).window(2, MANY, CALM).window(3, FEW, CALM);
      assertThat(drift.alerts()).hasSize(1);

      drift.window(4, MANY, CALM).window(5, MANY, SHIFTED);
      assertThat(drift.alerts())
          .extracting(Alert::getId)
          .containsExactly(
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/FIRING",
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:00Z/RESOLVED",
              "shop/refund/data-drift/0123456789ab/fedcba987654/1970-01-01T00:00:05Z/FIRING");
      assertThat(drift.triggers()).extracting(RetrainingTrigger::getEpisode).containsExactly(1, 2);
      // The second trigger covers the data after the first one.
      assertThat(drift.triggers().get(1).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(1_000));
    }
  }

  @Test
  void countsLateRecordsInTheNextReport() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      drift.window(0, MANY, CALM).add(0, 7, CALM).add(0, 3, CALM).window(1, MANY, CALM);
      drift.window(2, MANY, CALM);

      assertThat(drift.reports()).extracting(DriftReport::getLate).containsExactly(0L, 10L, 0L);
      assertThat(drift.reports()).extracting(DriftReport::getSamples).containsOnly((long) MANY);
    }
  }

  /** One old prediction is not the begin of the stream. */
  @Test
  void oneOldPredictionDoesNotBeginTheWarmUp() throws Exception {
    try (DriftHarness drift = new DriftHarness(Duration.ofMillis(3 * Shop.WINDOW))) {
      drift.window(0, 1, CALM).window(10, MANY, SHIFTED);
      drift.add(2, 1, CALM).window(11, MANY, SHIFTED).window(12, MANY, SHIFTED);
      assertThat(drift.reports().subList(1, 4))
          .extracting(DriftReport::getState)
          .containsOnly(DriftState.WARMUP);
      assertThat(drift.alerts()).isEmpty();

      drift.window(13, MANY, SHIFTED);
      assertThat(drift.alerts()).hasSize(1);
    }
  }

  /** The features' windows fill whether or not one report window alone has enough predictions. */
  @Test
  void warmUpBeginsWithEnoughPredictionsInTotal() throws Exception {
    try (DriftHarness drift = new DriftHarness(Duration.ofMillis(5 * Shop.WINDOW))) {
      int few = Shop.DRIFT.minSamples() - 1;
      for (int window = 0; window < 10; window++) {
        drift.window(window, few, SHIFTED);
      }
      drift.window(10, MANY, SHIFTED);

      assertThat(drift.alerts()).hasSize(1);
    }
  }
}
