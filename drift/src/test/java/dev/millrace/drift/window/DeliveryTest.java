package dev.millrace.drift.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.DeliveryCounts.Status;
import dev.millrace.drift.profile.DeliveryCounts.Wait;
import dev.millrace.drift.profile.Reference;
import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.avro.WaitResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryTest {
  private static final List<Reference> FEATURES = ShopReferences.referenceSet().references();
  private static final int AMOUNT = 0;
  private static final int SCORE = 2;

  private final PredictionExtractor values =
      new PredictionExtractor(Shop.PREDICTION, ShopReferences.referenceSet().features());

  private static GenericRecord prediction(int i, String status, long ageMillis, String wait) {
    GenericRecord prediction = Shop.prediction(i, i, 50, "web", 0.5);
    GenericRecord amount = (GenericRecord) ((GenericRecord) prediction.get("inputs")).get("amount");
    amount.put("status", Shop.symbol(amount.getSchema().getField("status").schema(), status));
    amount.put("age_millis", ageMillis);
    GenericRecord vector = (GenericRecord) prediction.get("vector");
    vector.put("wait", Shop.symbol(vector.getSchema().getField("wait").schema(), wait));
    return prediction;
  }

  private static List<GenericRecord> predictions(int size) {
    Random random = new Random(1);
    List<GenericRecord> predictions = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      predictions.add(
          prediction(
              i,
              random.nextInt(5) == 0 ? "NOT_FOUND" : i % 9 == 0 ? "OUTSIDE_MAX_AGE" : "PRESENT",
              (long) Math.exp(20 * random.nextDouble()),
              i % 4 == 0 ? "TIMED_OUT" : "ARRIVED"));
    }
    return predictions;
  }

  private WindowCounts count(List<GenericRecord> predictions) {
    WindowCounts counts = new WindowCounts(FEATURES);
    for (GenericRecord prediction : predictions) {
      counts.add(values.of(prediction), 0, PredictionExtractor.offset(prediction));
      values.deliver(prediction, counts.delivery());
    }
    return counts;
  }

  @Test
  void statusesWaitsAndAgesAreCounted() {
    DeliveryCounts delivery = count(predictions(900)).delivery();

    assertThat(delivery.predictions()).isEqualTo(900);
    assertThat(delivery.count(Wait.TIMED_OUT)).isEqualTo(225);
    assertThat(delivery.count(AMOUNT, Status.NOT_FOUND)).isBetween(140L, 220L);
    assertThat(delivery.count(AMOUNT, Status.OUTSIDE_MAX_AGE)).isBetween(60L, 100L);
    assertThat(delivery.ages(AMOUNT)).isEqualTo(900);
    assertThat(delivery.ages(1)).as("no age").isZero();
    assertThat(delivery.medianLogAge(1)).isZero();
    for (Status status : Status.values()) {
      assertThat(delivery.count(SCORE, status)).isZero();
    }
    // e^10 ms is 22 s, in the cell from 16 to 32 s.
    assertThat(delivery.medianLogAge(AMOUNT)).isBetween(5.0, 6.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64})
  void anySplitGivesTheSameCounts(int parts) {
    List<GenericRecord> predictions = predictions(640);
    WindowCounts sum = new WindowCounts(FEATURES);
    for (int part = parts - 1; part >= 0; part--) {
      List<GenericRecord> some = new ArrayList<>();
      for (int i = part; i < predictions.size(); i += parts) {
        some.add(predictions.get(i));
      }
      sum.add(count(some).toPartial(ShopReferences.referenceSet().id(), 0));
    }

    assertThat(sum.delivery()).isEqualTo(count(predictions).delivery());
  }

  @Test
  void anotherNumberOfCountsIsRefused() {
    assertThatThrownBy(() -> new DeliveryCounts(1).merge(List.of(1L, 2L, 3L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 counts, not 3");
  }

  @Test
  void theNamesAreThoseOnTheWire() {
    assertThat(Arrays.stream(Status.values()).map(Enum::name))
        .containsExactlyElementsOf(Arrays.stream(FeatureStatus.values()).map(Enum::name).toList());
    assertThat(Arrays.stream(Wait.values()).map(Enum::name))
        .containsExactlyElementsOf(Arrays.stream(WaitResult.values()).map(Enum::name).toList());
  }
}
