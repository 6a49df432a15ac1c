package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
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
  private static final FeatureView SHOP =
      Objects.requireNonNull(Cards.PIPELINE.features().get("shop"));
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;

  private static final class Harness implements AutoCloseable {
    final KeyedOneInputStreamOperatorTestHarness<String, ViewEvent, EncodedRow> flink;

    private final AvroDecoder decoder;

    Harness(StateBackend backend, @Nullable OperatorSubtaskState state) throws Exception {
      this(CARD, backend, state, TimelineCache.DEFAULT_BYTES);
    }

    Harness(
        FeatureView view,
        StateBackend backend,
        @Nullable OperatorSubtaskState state,
        long cacheBytes)
        throws Exception {
      decoder =
          new AvroDecoder(
              Cards.REGISTRY,
              Topics.features(Cards.PIPELINE, view.name()),
              PipelineSchemas.featureRow(Cards.PIPELINE, view));
      flink =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new AggregateOperator(Cards.PIPELINE, view, Cards.REGISTRIES, cacheBytes),
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
      add(card, time, offset, false, amount, large ? true : null, shop);
    }

    void add(String key, long time, long offset, boolean late, @Nullable Object... values)
        throws Exception {
      long at = START + time;
      flink.processElement(
          new ViewEvent(0, key, "p" + offset, at, at, 3, late, 3, offset, values), at);
    }

    /** Per record: key, and its event time after the start, for tombstones only. */
    List<String> tombstones() {
      return flink.extractOutputValues().stream()
          .filter(row -> row.value() == null)
          .map(row -> new String(row.key(), StandardCharsets.UTF_8) + "@" + (row.time() - START))
          .toList();
    }

    List<GenericRecord> rows() {
      return flink.extractOutputValues().stream()
          .map(EncodedRow::value)
          .filter(Objects::nonNull)
          .map(value -> Cards.decode(decoder, value))
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
    int cards = 2_000;
    StateBackend backend = new EmbeddedRocksDBStateBackend();
    try (Harness harness = new Harness(CARD, backend, null, 1 << 20)) {
      for (int i = 0; i < 2 * cards; i++) {
        harness.pay("c" + i % cards, i, i, 1.0 + i % cards, "s");
      }
      List<GenericRecord> rows = harness.rows();
      for (int i = 0; i < cards; i++) {
        assertThat(feature(rows.get(i + cards), "amount_sum_1h")).isEqualTo(2.0 + 2 * i);
      }
    }
  }

  private static final long HOUR_AND_HOP = HOUR + HOUR / 60;
  private static final long TTL = 30 * 24 * HOUR;

  private static Harness shops(@Nullable OperatorSubtaskState state) throws Exception {
    return new Harness(SHOP, new HashMapStateBackend(), state, TimelineCache.DEFAULT_BYTES);
  }

  @Test
  void whenNoWindowReachesAnEntityATombstoneEndsItsRows() throws Exception {
    try (Harness harness = shops(null)) {
      harness.add("closed", 0, 1, false, true);
      harness.add("open", 0, 2, false, true);
      harness.add("open", HOUR / 2, 3, false, true);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(2);

      harness.flink.processWatermark(START + HOUR_AND_HOP - 1);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("closed@" + HOUR_AND_HOP);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(1);
      assertThat(harness.flink.numEventTimeTimers()).isEqualTo(1);
      harness.add("open", HOUR_AND_HOP, 4, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(2L);

      harness.flink.processWatermark(START + 2 * HOUR_AND_HOP);
      assertThat(harness.tombstones())
          .containsExactly("closed@" + HOUR_AND_HOP, "open@" + 2 * HOUR_AND_HOP);
      harness.flink.snapshot(2, 2);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** The view's windows end after an hour, its rows are served for 30 days. */
  @Test
  void rowsStayAsLongAsTheyAreServed() throws Exception {
    try (Harness harness = new Harness(new HashMapStateBackend(), null)) {
      harness.pay("c1", 0, 1, 1.0, "s");
      harness.flink.processWatermark(START + 2 * HOUR_AND_HOP);
      harness.flink.snapshot(1, 1);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + TTL);
      assertThat(harness.tombstones()).containsExactly("c1@" + TTL);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** An event whose values are all null leaves no cell, but a row, which must end as well. */
  @Test
  void aRowOfNothingEndsToo() throws Exception {
    try (Harness harness = shops(null)) {
      harness.add("s", 0, 1, false, new @Nullable Object[] {null});
      harness.flink.processWatermark(START + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("s@" + HOUR_AND_HOP);
    }
  }

  /** The rows and the tombstone after the checkpoint are written again, in this order. */
  @Test
  void afterARestartTheTombstoneFollowsAgain() throws Exception {
    try (Harness first = shops(null)) {
      first.add("s", 0, 1, false, true);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      first.add("s", 1000, 2, false, true);
      first.flink.processWatermark(START + 1000 + HOUR_AND_HOP);
      List<String> lost = first.tombstones();
      try (Harness second = shops(checkpoint)) {
        second.add("s", 1000, 2, false, true);
        second.flink.processWatermark(START + 1000 + HOUR_AND_HOP);
        assertThat(second.rows()).isEqualTo(first.rows().subList(1, 2));
        assertThat(second.tombstones())
            .isEqualTo(lost)
            .containsExactly("s@" + (1000 + HOUR_AND_HOP));
      }
    }
  }

  /** What comes long after everything it could belong to makes a row, and leaves nothing behind. */
  @Test
  void aHopelesslyLateEventStillMakesItsRowAndItsTombstone() throws Exception {
    try (Harness harness = shops(null)) {
      harness.flink.processWatermark(START + 10 * HOUR);
      harness.add("s", 0, 1, true, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(1L);
      harness.flink.processWatermark(START + 10 * HOUR + 1);
      assertThat(harness.tombstones()).containsExactly("s@" + HOUR_AND_HOP);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
    }
  }

  /** A late event neither shortens an entity's life nor ends its newer rows. */
  @Test
  void aLateEventEndsNothing() throws Exception {
    try (Harness harness = shops(null)) {
      harness.flink.processWatermark(START + 10 * HOUR);
      harness.add("s", 10 * HOUR, 1, false, true);
      harness.add("s", 0, 2, true, true);
      harness.flink.processWatermark(START + 10 * HOUR + 1);
      assertThat(harness.tombstones()).isEmpty();
      assertThat(harness.flink.extractOutputValues())
          .extracting(EncodedRow::late)
          .containsExactly(false, true);
    }
  }

  /** Its row is as of its own time; nothing else of the view notices it. */
  @Test
  void oneEventFarAheadChangesNoOtherRow() throws Exception {
    long ahead = 730 * 24 * HOUR;
    try (Harness harness = shops(null)) {
      harness.add("s", 0, 1, false, true);
      harness.add("s", ahead, 2, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(1L);
      harness.flink.processWatermark(START + 1000);
      harness.add("s", 2000, 3, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(2L);
      harness.flink.processWatermark(START + 2000 + HOUR_AND_HOP);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + ahead + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("s@" + (ahead + HOUR_AND_HOP));
    }
  }

  /** 1,201 events, one a minute: a window of an hour holds 61 of them, one of 24 hours all. */
  @Test
  void stateOfAnotherDefinitionIsRefused() throws Exception {
    try (Harness hour = shops(null)) {
      for (int i = 0; i < 1200; i++) {
        hour.add("s", 60_000L * i, i, false, true);
        hour.flink.processWatermark(START + 60_000L * i);
      }
      OperatorSubtaskState state = hour.flink.snapshot(1, 1);
      FeatureView day = withWindow(SHOP, Duration.ofDays(1));
      StateBackend backend = new HashMapStateBackend();
      try (Harness changed = new Harness(day, backend, state, TimelineCache.DEFAULT_BYTES)) {
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
