package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * One partition. With exactly-once, a crash resets stores and output to the last commit; with
 * at-least-once, what was written since then may be kept or lost. The caller decides what is read
 * again after a crash.
 */
final class CrashingPartition {
  private final Pipeline pipeline;
  private final PaymentRecords wire;
  private final TopologyInputs inputs;
  private final List<String> storeNames = new ArrayList<>();
  private final List<GenericRecord> committed = new ArrayList<>();
  private Map<String, Map<Bytes, byte[]>> snapshot = new HashMap<>();
  private MockProcessorContext<byte[], byte[]> context;
  private PartitionTask task;
  private long now;

  CrashingPartition(Pipeline pipeline, long now) {
    this.pipeline = pipeline;
    this.now = now;
    wire = new PaymentRecords(pipeline);
    inputs =
        new TopologyInputs(
            pipeline,
            null,
            Codecs.register(pipeline, wire.registry, wire.registry),
            new InferenceMetrics(pipeline, new CollectorRegistry()));
    storeNames.add(NodeName.PENDING_EVENTS);
    storeNames.add(NodeName.AWAITED_ROWS);
    ViewAccess.of(pipeline).forEach(view -> storeNames.add(view.store()));
    context = started();
    task = new PartitionTask(inputs, context);
  }

  private MockProcessorContext<byte[], byte[]> started() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    MockProcessorContext<byte[], byte[]> fresh =
        new MockProcessorContext<>(settings, new TaskId(0, 0), Path.of("unused").toFile());
    fresh.setCurrentSystemTimeMs(now);
    for (String name : storeNames) {
      KeyValueStore<Bytes, byte[]> store =
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
              .withLoggingDisabled()
              .build();
      store.init(fresh.getStateStoreContext(), store);
      snapshot.getOrDefault(name, Map.of()).forEach(store::put);
    }
    return fresh;
  }

  void event(String id, String card, long time, long offset) {
    context.setRecordMetadata(Topics.clean(pipeline, "payments"), 0, offset);
    task.process(
        new Record<>(PaymentRecords.bytes(card), wire.event(id, card, null, time, 1), time));
  }

  void row(String view, String card, String id, long time, long offset) {
    context.setRecordMetadata(Topics.features(pipeline, view), 0, offset);
    byte[] row = wire.row(view, card, id, time, offset, 1, 10);
    task.process(new Record<>(PaymentRecords.bytes(card), row, time));
  }

  void tick(long millis) {
    now += millis;
    context.setCurrentSystemTimeMs(now);
    task.timeOut(now);
  }

  void commit() {
    context.forwarded().stream()
        .map(forward -> wire.prediction(forward.record().value()))
        .forEach(committed::add);
    context.resetForwards();
    snapshot = contents();
    task.committed();
  }

  /** A crash after the changelogs of the stores were written, and before the output was. */
  void crashWithoutOutput(long restartedAt) {
    snapshot = contents();
    crash(restartedAt);
  }

  /** A crash after a part of the records since the last commit was written. */
  void crashWithPart(long restartedAt, Random random) {
    context.forwarded().stream()
        .filter(forward -> random.nextBoolean())
        .map(forward -> wire.prediction(forward.record().value()))
        .forEach(committed::add);
    contents()
        .forEach(
            (name, entries) -> {
              if (random.nextBoolean()) {
                snapshot.put(name, entries);
              }
            });
    crash(restartedAt);
  }

  /** The next process starts at the given time. */
  void crash(long restartedAt) {
    now = restartedAt;
    task.close();
    context = started();
    task = new PartitionTask(inputs, context);
  }

  /** The committed predictions. */
  List<GenericRecord> committed() {
    return committed;
  }

  /** The number of pending events and awaited rows after a clean-up. */
  int kept() {
    task.cleanUp(now);
    task.committed();
    Map<String, Map<Bytes, byte[]>> contents = contents();
    return contents.getOrDefault(NodeName.PENDING_EVENTS, Map.of()).size()
        + contents.getOrDefault(NodeName.AWAITED_ROWS, Map.of()).size();
  }

  private Map<String, Map<Bytes, byte[]>> contents() {
    Map<String, Map<Bytes, byte[]>> contents = new HashMap<>();
    for (String name : storeNames) {
      KeyValueStore<Bytes, byte[]> store = context.getStateStore(name);
      Map<Bytes, byte[]> entries = new TreeMap<>();
      try (var all = store.all()) {
        all.forEachRemaining(entry -> entries.put(entry.key, entry.value));
      }
      contents.put(name, entries);
    }
    return contents;
  }
}
