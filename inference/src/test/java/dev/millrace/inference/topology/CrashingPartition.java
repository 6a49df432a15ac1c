package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.inference.topology.PaymentRecords.Answer;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * One partition. With exactly-once, a crash resets stores and output to the last commit; with
 * at-least-once, what was written since then may be kept or lost. The caller decides what is read
 * again after a crash.
 */
final class CrashingPartition {
  /**
   * Progress among the predictions.
   *
   * @param predictions the number of predictions before it
   */
  record ForwardedProgress(long timeMillis, int predictions) {}

  private Pipeline pipeline;
  private PaymentRecords wire;
  private TopologyInputs inputs;
  private final List<GenericRecord> committed = new ArrayList<>();
  private final List<ForwardedProgress> progress = new ArrayList<>();
  private Map<String, Map<Bytes, byte[]>> snapshot = new HashMap<>();
  private MockProcessorContext<byte[], byte[]> context;
  private PartitionTask task;
  private long now;

  CrashingPartition(Pipeline pipeline, long now) {
    this.pipeline = pipeline;
    this.now = now;
    wire = new PaymentRecords(pipeline);
    inputs = inputs();
    context = started();
    task = new PartitionTask(inputs, context);
  }

  private TopologyInputs inputs() {
    return new TopologyInputs(
        pipeline,
        null,
        Codecs.register(pipeline, wire.registry, wire.registry),
        new InferenceMetrics(pipeline, new CollectorRegistry()),
        new EventTimes());
  }

  private List<String> storeNames() {
    List<String> names =
        new ArrayList<>(List.of(NodeName.PENDING_EVENTS, NodeName.earlyVectors(pipeline)));
    ViewStore.of(pipeline).forEach(view -> names.add(view.store()));
    return names;
  }

  private MockProcessorContext<byte[], byte[]> started() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    MockProcessorContext<byte[], byte[]> fresh =
        new MockProcessorContext<>(settings, new TaskId(0, 0), Path.of("unused").toFile());
    fresh.setCurrentSystemTimeMs(now);
    fresh.setCurrentStreamTimeMs(now);
    for (String name : storeNames()) {
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

  /** The progress of the only arrival partition. */
  void progress(long time, long offset) {
    context.setRecordMetadata(Topics.clean(pipeline, "payments"), 0, offset);
    Progress progress = new Progress(0, 1, time, false, 0);
    RecordHeaders headers = new RecordHeaders();
    progress.write(headers);
    task.process(progressRecord(progress, headers));
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private static Record<byte[], byte[]> progressRecord(Progress progress, RecordHeaders headers) {
    return new Record<>(progress.key(0), null, 0, headers);
  }

  /** A vector whose sum for the card is its offset. */
  void vector(String id, String card, long time, long offset) {
    vector(id, card, time, offset, (double) offset);
  }

  void vector(String id, String card, long time, long offset, double sum) {
    context.setRecordMetadata(Topics.vectors(pipeline), 0, offset);
    Answer answer = new Answer(time, 1, sum);
    byte[] vector = wire.vector(id, time, offset, true, Map.of("card", answer));
    task.process(new Record<>(PaymentRecords.bytes(card), vector, time));
  }

  void tick(long millis) {
    now += millis;
    context.setCurrentSystemTimeMs(now);
    task.timeOut(now);
  }

  void commit() {
    context.forwarded().forEach(this::write);
    context.resetForwards();
    snapshot = contents();
    task.committed();
  }

  private void write(CapturedForward<? extends byte[], ? extends byte[]> forward) {
    Record<? extends byte[], ? extends byte[]> record = forward.record();
    if (record.value() == null) {
      progress.add(
          new ForwardedProgress(
              Objects.requireNonNull(Progress.read(record.headers())).timeMillis(),
              committed.size()));
    } else {
      committed.add(wire.prediction(record.value()));
    }
  }

  /** A crash after the changelogs of the stores were written, and before the output was. */
  void crashWithoutOutput(long restartedAt) {
    snapshot = contents();
    crash(restartedAt);
  }

  /**
   * A crash after a part of the records since the last commit was written. Progress is written only
   * after all records before it: the producer keeps the order of a partition.
   */
  void crashWithPart(long restartedAt, Random random) {
    boolean isPrefix = true;
    for (var forward : context.forwarded()) {
      boolean isProgress = forward.record().value() == null;
      if (isProgress ? isPrefix : random.nextBoolean()) {
        write(forward);
      } else {
        isPrefix = false;
      }
    }
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

  /** The next process starts at the given time, with another definition. */
  void restartWith(Pipeline next, long restartedAt) {
    pipeline = next;
    wire = new PaymentRecords(next, wire.registry);
    inputs = inputs();
    crash(restartedAt);
  }

  /** The committed progress, in the order of writing. */
  List<ForwardedProgress> committedProgress() {
    return progress;
  }

  /** The committed predictions, in the order of writing. */
  List<GenericRecord> committed() {
    return committed;
  }

  /** The number of pending events and early vectors after a clean-up. */
  int kept() {
    task.cleanUp(now);
    task.committed();
    Map<String, Map<Bytes, byte[]>> contents = contents();
    return contents.getOrDefault(NodeName.PENDING_EVENTS, Map.of()).size()
        + contents.getOrDefault(NodeName.earlyVectors(pipeline), Map.of()).size();
  }

  private Map<String, Map<Bytes, byte[]>> contents() {
    Map<String, Map<Bytes, byte[]>> contents = new HashMap<>();
    for (String name : storeNames()) {
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
