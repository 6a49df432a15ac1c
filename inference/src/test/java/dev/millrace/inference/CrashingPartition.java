package dev.millrace.inference;

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
 * One partition. Under exactly-once a crash takes stores and output back to the last commit; under
 * at-least-once, what was written since then may be there or not. What is read again after a crash
 * is the caller's to decide.
 */
final class CrashingPartition {
  private final Pipeline pipeline;
  private final Wire wire;
  private final ScoringPlan plan;
  private final List<String> storeNames = new ArrayList<>();
  private final List<GenericRecord> committed = new ArrayList<>();
  private Map<String, Map<Bytes, byte[]>> snapshot = new HashMap<>();
  private MockProcessorContext<byte[], byte[]> context;
  private PartitionScorer scorer;
  private long now;

  CrashingPartition(Pipeline pipeline, long now) {
    this.pipeline = pipeline;
    this.now = now;
    wire = new Wire(pipeline);
    plan =
        new ScoringPlan(
            pipeline,
            ViewPlan.of(pipeline),
            null,
            wire.registry,
            ScoringPlan.register(pipeline, wire.registry),
            new InferenceMetrics(pipeline, new CollectorRegistry()));
    storeNames.add(ScoringPlan.PENDING_EVENTS);
    storeNames.add(ScoringPlan.OWN_ROWS);
    plan.views().forEach(view -> storeNames.add(view.store()));
    context = started();
    scorer = new PartitionScorer(plan, context);
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
    scorer.process(new Record<>(Wire.bytes(card), wire.event(id, card, null, time, 1), time));
  }

  void row(String view, String card, String id, long time, long offset) {
    context.setRecordMetadata(Topics.features(pipeline, view), 0, offset);
    byte[] row = wire.row(view, card, id, time, offset, 1, 10);
    scorer.process(new Record<>(Wire.bytes(card), row, time));
  }

  void tick(long millis) {
    now += millis;
    context.setCurrentSystemTimeMs(now);
    scorer.scoreTimedOut(now);
  }

  void commit() {
    context.forwarded().stream()
        .map(forward -> wire.prediction(forward.record().value()))
        .forEach(committed::add);
    context.resetForwards();
    snapshot = contents();
    scorer.committed();
  }

  /** A crash at the worst moment: the stores' changelogs are written, the output is not. */
  void crashWithoutOutput(long restartedAt) {
    snapshot = contents();
    crash(restartedAt);
  }

  /** A crash when part of what was sent since the last commit has been written. */
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
    scorer.close();
    context = started();
    scorer = new PartitionScorer(plan, context);
  }

  /** Predictions, as of the last commit. */
  List<GenericRecord> committed() {
    return committed;
  }

  /** How many entries the stores of waiting events and rows have after a clean-up. */
  int kept() {
    scorer.cleanUp(now);
    scorer.committed();
    Map<String, Map<Bytes, byte[]>> contents = contents();
    return contents.getOrDefault(ScoringPlan.PENDING_EVENTS, Map.of()).size()
        + contents.getOrDefault(ScoringPlan.OWN_ROWS, Map.of()).size();
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
