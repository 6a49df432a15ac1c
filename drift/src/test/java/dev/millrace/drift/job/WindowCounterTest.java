package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.window.PartitionRange;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowPartial;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WindowCounterTest {
  private final List<OneInputStreamOperatorTestHarness<GenericRecord, WindowPartial>> opened =
      new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var harness : opened) {
      harness.close();
    }
  }

  @Test
  void emitsAWindowWhenTheWatermarkHasPassedIt() throws Exception {
    var harness =
        harness(new WindowCounter(ShopReferences.referenceSet(), Shop.PREDICTION, Shop.WINDOWS));
    for (GenericRecord prediction : Shop.window(0, 10, 0)) {
      harness.processElement(new StreamRecord<>(prediction));
    }
    harness.processElement(new StreamRecord<>(Shop.prediction(7, 1_500, 1, "web", 0.5)));
    harness.processWatermark(998);
    assertThat(harness.extractOutputValues()).isEmpty();

    harness.processWatermark(999);
    assertThat(harness.extractOutputValues()).hasSize(1);
    WindowPartial partial = harness.extractOutputValues().get(0);
    assertThat(partial.startMillis()).isZero();
    assertThat(partial.samples()).isEqualTo(10);
    assertThat(partial.reference()).isEqualTo(ShopReferences.referenceSet().id());
    assertThat(partial.ranges())
        .containsExactly(
            new PartitionRange(0, 0, 9),
            new PartitionRange(1, 1, 10),
            new PartitionRange(2, 2, 7),
            new PartitionRange(3, 3, 8));
  }

  @Test
  void emitsAllCountsBeforeACheckpoint() throws Exception {
    var harness =
        harness(new WindowCounter(ShopReferences.referenceSet(), Shop.PREDICTION, Shop.WINDOWS));
    harness.processElement(new StreamRecord<>(Shop.prediction(1, 500, 1, "web", 0.5)));
    harness.prepareSnapshotPreBarrier(1);
    harness.processElement(new StreamRecord<>(Shop.prediction(2, 600, 1, "web", 0.5)));
    harness.processWatermark(999);

    assertThat(harness.extractOutputValues())
        .extracting(WindowPartial::samples)
        .containsExactly(1L, 1L);
  }

  @Test
  void comparesOnlyTheChampionOfTheReferencesVersion() throws Exception {
    GenericRecord other = Shop.prediction(1, 500, 1, "web", 0.5);
    other.put("model_version", "ba9876543210");
    GenericRecord fallback = Shop.prediction(2, 500, 1, "web", 0.5);
    fallback.put("role", Shop.symbol(Shop.PREDICTION.getField("role").schema(), "FALLBACK"));
    GenericRecord collecting = Shop.prediction(3, 500, 1, "web", 0.5);
    collecting.put("model_version", null);
    var harness =
        harness(new WindowCounter(ShopReferences.referenceSet(), Shop.PREDICTION, Shop.WINDOWS));
    for (GenericRecord prediction : List.of(other, fallback, collecting)) {
      harness.processElement(new StreamRecord<>(prediction));
    }
    harness.processWatermark(5_000);

    assertThat(harness.extractOutputValues()).isEmpty();
  }

  @Test
  void countsAMissingValueAsNull() {
    GenericRecord prediction = Shop.prediction(1, 500, 1, "web", 0.5);
    ((GenericRecord) ((GenericRecord) prediction.get("inputs")).get("amount")).put("value", null);
    WindowCounts counts = new WindowCounts(ShopReferences.referenceSet().references());
    counts.add(
        new PredictionExtractor(Shop.PREDICTION, ShopReferences.referenceSet().features())
            .of(prediction),
        0,
        1);

    Profile amounts = counts.profile(0);
    assertThat(amounts.total()).isEqualTo(1);
    assertThat(amounts.binned()).isZero();
  }

  private OneInputStreamOperatorTestHarness<GenericRecord, WindowPartial> harness(
      OneInputStreamOperator<GenericRecord, WindowPartial> operator) throws Exception {
    var harness = new OneInputStreamOperatorTestHarness<GenericRecord, WindowPartial>(operator);
    harness.setup(
        TypeInformation.of(WindowPartial.class).createSerializer(new SerializerConfigImpl()));
    harness.open();
    opened.add(harness);
    return harness;
  }
}
