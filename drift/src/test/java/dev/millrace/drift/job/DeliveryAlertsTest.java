package dev.millrace.drift.job;

import static dev.millrace.drift.job.DriftHarness.AT_ONCE;
import static dev.millrace.drift.job.DriftHarness.MANY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.time.Duration;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Alerts about inputs that are missing, old or late. */
class DeliveryAlertsTest {
  /** One window a day, at the same time: ten are needed, of seven days. */
  private static final long DAY = Duration.ofDays(1).toMillis() / Shop.WINDOW;

  private static final int CALIBRATION = 10;

  private static List<GenericRecord> predictions(long number, double old, double late) {
    List<GenericRecord> predictions = Shop.window(number * Shop.WINDOW, MANY, 0);
    for (int i = 0; i < predictions.size(); i++) {
      GenericRecord input =
          (GenericRecord) ((GenericRecord) predictions.get(i).get("inputs")).get("channel");
      if (i < old * MANY) {
        set(input, "status", "OUTSIDE_MAX_AGE");
      }
      GenericRecord vector = (GenericRecord) predictions.get(i).get("vector");
      set(vector, "wait", i < late * MANY ? "TIMED_OUT" : "ARRIVED");
    }
    return predictions;
  }

  private static void set(GenericRecord record, String field, String symbol) {
    record.put(field, Shop.symbol(record.getSchema().getField(field).schema(), symbol));
  }

  private static OperatorSubtaskState calibrated() throws Exception {
    try (DriftHarness drift = new DriftHarness(AT_ONCE)) {
      for (int day = 0; day < CALIBRATION; day++) {
        drift.window(day * DAY, predictions(day * DAY, 0.02, 0.02));
      }
      assertThat(drift.alerts()).isEmpty();
      return drift.snapshot();
    }
  }

  private static DriftHarness restored() throws Exception {
    return new DriftHarness(ShopReferences.referenceSet(), AT_ONCE, calibrated());
  }

  @Test
  void oldInputsAreAnAlertThatRequestsNoRetraining() throws Exception {
    try (DriftHarness drift = restored()) {
      long number = CALIBRATION * DAY;
      drift.window(number, predictions(number, 0.5, 0.02));

      assertThat(drift.alerts())
          .extracting(alert -> alert.getKey() + " " + alert.getStatus())
          .containsExactly("shop/refund/freshness FIRING");
      Alert alert = drift.alerts().get(0);
      assertThat(alert.getFeatures()).containsExactly("channel");
      assertThat(alert.getEvidence().get(0).getTest()).isEqualTo(DriftTest.OUTSIDE_MAX_AGE_SHARE);
      assertThat(alert.getMessage()).contains("channel (OUTSIDE_MAX_AGE_SHARE 0.4", "effect 0.4");
      FeatureDrift channel = drift.reports().get(0).getFeatures().get(1);
      assertThat(channel.getTest()).isEqualTo(DriftTest.OUTSIDE_MAX_AGE_SHARE);
      assertThat(channel.getVerdict()).isEqualTo(Verdict.DRIFT);
      assertThat(drift.triggers()).isEmpty();
    }
  }

  /** A value that was found and is null has one cause. */
  @Test
  void nullsAreAnAlertOfDataQualityAlone() throws Exception {
    assertThat(alertsWithoutChannel("NULL_VALUE")).containsExactly("shop/refund/data-quality");
  }

  /** The model got nulls, which training rows show, and the view had no row, which they do not. */
  @Test
  void inputsThatAreNotFoundAreNullToo() throws Exception {
    assertThat(alertsWithoutChannel("NOT_FOUND"))
        .containsExactlyInAnyOrder("shop/refund/data-quality", "shop/refund/missing-features");
  }

  /** The keys of the alerts after one window in which half of the predictions have no channel. */
  private static List<String> alertsWithoutChannel(String status) throws Exception {
    try (DriftHarness drift = restored()) {
      long number = CALIBRATION * DAY;
      drift.window(number, withoutChannel(number, status));
      return drift.alerts().stream().map(Alert::getKey).toList();
    }
  }

  /** Half of the predictions have no value. */
  private static List<GenericRecord> withoutChannel(long number, String status) {
    List<GenericRecord> predictions = predictions(number, 0.02, 0.02);
    for (int i = 0; i < predictions.size(); i += 2) {
      GenericRecord input =
          (GenericRecord) ((GenericRecord) predictions.get(i).get("inputs")).get("channel");
      input.put("value", null);
      set(input, "status", status);
    }
    return predictions;
  }

  @Test
  void lateInputsAreAnAlertOfTheScore() throws Exception {
    try (DriftHarness drift = restored()) {
      long number = CALIBRATION * DAY;
      drift.window(number, predictions(number, 0.02, 0.5));

      assertThat(drift.alerts()).extracting(Alert::getKey).containsExactly("shop/refund/freshness");
      assertThat(drift.alerts().get(0).getFeatures()).containsExactly("score");
      assertThat(drift.alerts().get(0).getEvidence().get(0).getTest())
          .isEqualTo(DriftTest.TIMED_OUT_SHARE);
    }
  }

  @Test
  void calmWindowsResolveIt() throws Exception {
    try (DriftHarness drift = restored()) {
      for (int day = 0; day < 4; day++) {
        long number = (CALIBRATION + day) * DAY;
        drift.window(number, predictions(number, day == 0 ? 0.5 : 0.02, 0.02));
      }

      assertThat(drift.alerts())
          .extracting(alert -> alert.getStatus().name())
          .containsExactly("FIRING", "RESOLVED");
    }
  }
}
