package dev.millrace.features.operator;

import dev.millrace.features.Cards;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.schemas.pipeline.FeatureView;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Runs the operator of one view of {@link Cards}, without a job. */
final class OperatorHarness implements AutoCloseable {
  static final FeatureView CARD = Cards.view("card");
  static final FeatureView SHOP = Cards.view("shop");
  static final long START = 1_700_000_000_000L;
  static final long HOUR = 3_600_000;

  final KeyedOneInputStreamOperatorTestHarness<String, ViewEvent, FeatureRow> flink;
  private final FeatureView view;

  OperatorHarness(StateBackend backend, @Nullable OperatorSubtaskState state) throws Exception {
    this(CARD, backend, state, EntityCache.DEFAULT_BYTES);
  }

  OperatorHarness(
      FeatureView view, StateBackend backend, @Nullable OperatorSubtaskState state, long cacheBytes)
      throws Exception {
    this.view = view;
    flink =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new AggregateOperator(Cards.PIPELINE, view, cacheBytes),
            ViewEvent::entity,
            Types.STRING);
    flink.setStateBackend(backend);
    flink.setup(FeatureRowSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
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

  static OperatorHarness rocks() throws Exception {
    return new OperatorHarness(new EmbeddedRocksDBStateBackend(), null);
  }

  void pay(String card, long time, long offset, @Nullable Double amount, String shop)
      throws Exception {
    boolean large = amount != null && amount > 100;
    add(card, time, offset, false, amount, large ? true : null, shop);
  }

  void add(String key, long time, long offset, boolean late, @Nullable Object... values)
      throws Exception {
    long at = START + time;
    flink.processElement(new ViewEvent(0, key, "p" + offset, at, late, 3, offset, values), at);
  }

  /** Per record: key, and its event time after the start, for tombstones only. */
  List<String> tombstones() {
    return flink.extractOutputValues().stream()
        .filter(FeatureRow::isTombstone)
        .map(row -> row.entity() + "@" + (row.timeMillis() - START))
        .toList();
  }

  /** The rows as readers of the feature topic decode them. */
  List<GenericRecord> rows() {
    return flink.extractOutputValues().stream()
        .filter(row -> !row.isTombstone())
        .map(row -> Cards.decoded(view, row))
        .toList();
  }

  GenericRecord lastRow() {
    List<GenericRecord> rows = rows();
    return rows.get(rows.size() - 1);
  }

  static @Nullable Object feature(GenericRecord row, String name) {
    return ((GenericRecord) row.get("features")).get(name);
  }
}
