package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.wire.AvroDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AggregateOperatorTest {
  private static final FeatureView CARD =
      Objects.requireNonNull(Cards.PIPELINE.features().get("card"));
  private static final String TOPIC = Topics.features(Cards.PIPELINE, "card");
  private static final Schema SCHEMA = PipelineSchemas.featureRow(Cards.PIPELINE, CARD);
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;

  private static final class Harness implements AutoCloseable {
    final KeyedOneInputStreamOperatorTestHarness<String, ViewEvent, EncodedRow> flink;

    Harness(StateBackend backend, @Nullable OperatorSubtaskState state) throws Exception {
      flink =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new AggregateOperator(CARD, TOPIC, SCHEMA, Cards.REGISTRIES),
              ViewEvent::entity,
              Types.STRING);
      flink.setStateBackend(backend);
      flink.setup(
          TypeInformation.of(EncodedRow.class).createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        flink.initializeState(state);
      }
      flink.open();
    }

    @Override
    public void close() {
      try {
        flink.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    static Harness rocks() throws Exception {
      return new Harness(new EmbeddedRocksDBStateBackend(), null);
    }

    void pay(String card, long time, long offset, @Nullable Double amount, String shop)
        throws Exception {
      boolean large = amount != null && amount > 100;
      @Nullable Object[] values = {amount, large ? true : null, shop};
      flink.processElement(
          new ViewEvent(0, card, "p" + offset, START + time, false, 3, offset, values),
          START + time);
    }

    List<GenericRecord> rows() {
      AvroDecoder decoder = new AvroDecoder(Cards.REGISTRY, TOPIC, SCHEMA);
      return flink.extractOutputValues().stream()
          .map(row -> Cards.decode(decoder, row.value()))
          .toList();
    }

    GenericRecord lastRow() {
      List<GenericRecord> rows = rows();
      return rows.get(rows.size() - 1);
    }
  }

  private static @Nullable Object feature(GenericRecord row, String name) {
    return ((GenericRecord) row.get("features")).get(name);
  }

  @Test
  void aRowIsAsOfItsEventAndNamesIt() throws Exception {
    try (Harness harness = Harness.rocks()) {
      harness.pay("c1", 0, 7, 10.0, "bakery");
      harness.pay("c1", 1000, 8, 150.0, "garage");
      harness.pay("c2", 1000, 9, 1.0, "bakery");
      harness.pay("c1", 2 * 60_000 + 1000, 10, null, "kiosk");

      EncodedRow encoded = harness.flink.extractOutputValues().get(1);
      assertThat(new String(encoded.key(), StandardCharsets.UTF_8)).isEqualTo("c1");
      assertThat(encoded.time()).isEqualTo(START + 1000);
      GenericRecord row = harness.rows().get(1);
      assertThat(row.get("entity")).isEqualTo("c1");
      assertThat(row.get("mark"))
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
  void anEventOutOfOrderSeesNothingNewer() throws Exception {
    try (Harness harness = Harness.rocks()) {
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
    try (Harness whole = Harness.rocks();
        Harness first = Harness.rocks()) {
      play(whole, 0, 600);
      play(first, 0, 300);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      play(first, 300, 400); // lost with the crash, and read again
      try (Harness second = new Harness(new EmbeddedRocksDBStateBackend(), checkpoint)) {
        play(second, 300, 600);
        assertThat(second.rows()).isEqualTo(whole.rows().subList(300, 600));
      }
    }
  }

  /** Five cards, a payment every 10 s or so, some out of order, the watermark behind. */
  private static void play(Harness harness, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      long time = 10_000L * i - random.nextInt(5000);
      harness.pay("c" + random.nextInt(5), time, i, 200 * random.nextDouble(), "s" + i);
      harness.flink.processWatermark(START + 10_000L * i - 5001);
    }
  }

  @Test
  void moreEntitiesThanMemoryHoldsAreKept() throws Exception {
    int cards = 10_500;
    try (Harness harness = Harness.rocks()) {
      for (int i = 0; i < 2 * cards; i++) {
        harness.pay("c" + i % cards, i, i, 1.0 + i % cards, "s");
      }
      List<GenericRecord> rows = harness.rows();
      for (int i = 0; i < cards; i++) {
        assertThat(feature(rows.get(i + cards), "amount_sum_1h")).isEqualTo(2.0 + 2 * i);
      }
    }
  }

  @Test
  void theStateOfDeadEntitiesGoes() throws Exception {
    try (Harness harness = new Harness(new HashMapStateBackend(), null)) {
      harness.pay("dead", 0, 1, 1.0, "s");
      harness.pay("alive", 0, 2, 1.0, "s");
      harness.pay("alive", HOUR / 2, 3, 1.0, "s");
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(2);

      long retention = HOUR + HOUR / 60;
      harness.flink.processWatermark(START + retention);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(1);
      assertThat(harness.flink.numEventTimeTimers()).isEqualTo(1);
      harness.pay("alive", retention, 4, 1.0, "s");
      assertThat(feature(harness.lastRow(), "amount_count_1h")).isEqualTo(2L);

      harness.flink.processWatermark(START + 2 * retention);
      harness.flink.snapshot(2, 2);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** What comes long after everything it could belong to makes a row, and leaves nothing behind. */
  @Test
  void aHopelesslyLateEventStillMakesItsRow() throws Exception {
    try (Harness harness = new Harness(new HashMapStateBackend(), null)) {
      harness.flink.processWatermark(START + 10 * HOUR);
      harness.pay("c1", 0, 1, 5.0, "s");
      assertThat(feature(harness.lastRow(), "amount_sum_1h")).isEqualTo(5.0);
      harness.flink.processWatermark(START + 10 * HOUR + 1);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
    }
  }
}
