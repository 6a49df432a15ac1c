package dev.millrace.features.operator;

import static dev.millrace.features.operator.OperatorHarness.CARD;
import static dev.millrace.features.operator.OperatorHarness.SHOP;
import static dev.millrace.features.operator.OperatorHarness.START;
import static dev.millrace.features.operator.OperatorHarness.feature;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;

class AggregateOperatorTest {
  @Test
  void aRowIsAsOfItsEventAndHasItsReference() throws Exception {
    try (OperatorHarness harness = OperatorHarness.rocks()) {
      harness.pay("c1", 0, 7, 10.0, "bakery");
      harness.pay("c1", 1000, 8, 150.0, "garage");
      harness.pay("c2", 1000, 9, 1.0, "bakery");
      harness.pay("c1", 2 * 60_000 + 1000, 10, null, "kiosk");

      FeatureRow encoded = harness.flink.extractOutputValues().get(1);
      assertThat(encoded.entity()).isEqualTo("c1");
      assertThat(encoded.timeMillis()).isEqualTo(START + 1000);
      GenericRecord row = harness.rows().get(1);
      assertThat(row.get("entity")).isEqualTo("c1");
      assertThat(row.get("event"))
          .hasToString(
              "{\"event_id\": \"p8\", \"event_time\": %d, \"partition\": 3, \"offset\": 8}"
                  .formatted(START + 1000));
      assertThat(row.get("features"))
          .hasToString(
              "{\"amount_count_1m\": 2, \"amount_count_1h\": 2, \"amount_sum_1m\": 160.0, \"amount_sum_1h\": 160.0, \"amount_avg_1m\": 80.0, \"amount_avg_1h\": 80.0, \"amount_min_1m\": 10.0, \"amount_min_1h\": 10.0, \"amount_max_1m\": 150.0, \"amount_max_1h\": 150.0, \"amount_stddev_1m\": 70.0, \"amount_stddev_1h\": 70.0, \"amount_last_1m\": 150.0, \"amount_last_1h\": 150.0, \"large_1m\": 1, \"shop_last_1h\": \"garage\"}");
      GenericRecord later = harness.rows().get(3);
      assertThat(feature(later, "amount_count_1m")).isEqualTo(0L);
      assertThat(feature(later, "amount_sum_1m")).isNull();
      assertThat(feature(later, "amount_sum_1h")).isEqualTo(160.0);
      assertThat(feature(later, "shop_last_1h")).isEqualTo("kiosk");
    }
  }

  @Test
  void anEventOutOfOrderIncludesNoNewerOne() throws Exception {
    try (OperatorHarness harness = OperatorHarness.rocks()) {
      harness.pay("c1", 0, 1, 1.0, "a");
      harness.pay("c1", 4000, 2, 2.0, "b");
      harness.pay("c1", 2000, 3, 4.0, "c");
      assertThat(feature(harness.lastRow(), "amount_sum_1h")).isEqualTo(5.0);
      assertThat(feature(harness.lastRow(), "shop_last_1h")).isEqualTo("c");
      harness.pay("c1", 5000, 4, 8.0, "d");
      assertThat(feature(harness.lastRow(), "amount_sum_1h")).isEqualTo(15.0);
    }
  }

  @Test
  void aRestartChangesNoRow() throws Exception {
    try (OperatorHarness whole = OperatorHarness.rocks();
        OperatorHarness first = OperatorHarness.rocks()) {
      play(whole, 0, 600);
      play(first, 0, 300);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      play(first, 300, 400); // lost in the crash and read again
      try (OperatorHarness second =
          new OperatorHarness(new EmbeddedRocksDBStateBackend(), checkpoint)) {
        play(second, 300, 600);
        assertThat(second.rows()).isEqualTo(whole.rows().subList(300, 600));
      }
    }
  }

  /** Five cards, a payment every 10 s or so, some out of order, the watermark behind. */
  private static void play(OperatorHarness harness, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      long time = 10_000L * i - random.nextInt(5000);
      harness.pay("c" + random.nextInt(5), time, i, 200 * random.nextDouble(), "s" + i);
      harness.flink.processWatermark(START + 10_000L * i - 5001);
    }
  }

  @Test
  void keepsMoreEntitiesThanFitIntoMemory() throws Exception {
    int cards = 2_000;
    StateBackend backend = new EmbeddedRocksDBStateBackend();
    try (OperatorHarness harness = new OperatorHarness(CARD, backend, null, 1 << 20)) {
      for (int i = 0; i < 2 * cards; i++) {
        harness.pay("c" + i % cards, i, i, 1.0 + i % cards, "s");
      }
      List<GenericRecord> rows = harness.rows();
      for (int i = 0; i < cards; i++) {
        assertThat(feature(rows.get(i + cards), "amount_sum_1h")).isEqualTo(2.0 + 2 * i);
      }
    }
  }

  /** 1,201 events, one a minute: a window of an hour holds 61 of them, one of 24 hours all. */
  @Test
  void stateOfAnotherDefinitionStopsTheJob() throws Exception {
    try (OperatorHarness hour =
        new OperatorHarness(SHOP, new HashMapStateBackend(), null, EntityCache.DEFAULT_BYTES)) {
      for (int i = 0; i < 1200; i++) {
        hour.add("s", 60_000L * i, i, false, true);
        hour.flink.processWatermark(START + 60_000L * i);
      }
      OperatorSubtaskState state = hour.flink.snapshot(1, 1);
      FeatureView day = withWindow(SHOP, Duration.ofDays(1));
      StateBackend backend = new HashMapStateBackend();
      try (OperatorHarness changed =
          new OperatorHarness(day, backend, state, EntityCache.DEFAULT_BYTES)) {
        assertThatThrownBy(() -> changed.add("s", 60_000L * 1200, 1200, false, true))
            .hasMessageContaining("feature view shop was written under definition");
      }
    }
  }

  private static FeatureView withWindow(FeatureView view, Duration window) {
    List<Feature> features =
        view.features().stream()
            .map(f -> new Feature(f.name(), f.operation(), f.input(), f.where(), window, f.type()))
            .toList();
    return new FeatureView(
        view.name(), view.from(), view.entity(), view.ttl(), view.rowWait(), features);
  }
}
