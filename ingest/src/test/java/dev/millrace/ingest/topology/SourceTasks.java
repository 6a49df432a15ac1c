package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.state.StoreName;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.streams.records.ProgressPartitioner;
import dev.millrace.schemas.topics.Progress;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of {@link ShopPayments}, one per partition. The state of a task is kept when its
 * processor is replaced. The test reads the partitions of the producers' topic and of the rekeyed
 * topic one record at a time, in any order.
 */
final class SourceTasks implements AutoCloseable {
  /** A record of the producers' topic. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Written(byte[] value, long publishedMillis) {}

  private final class Task {
    private final MockProcessorContext<byte[], byte[]> context;
    private final List<StateStore> stores = new ArrayList<>();
    private Processor<byte[], byte[], byte[], byte[]> processor = supplier.get();
    private long newestMillis;

    Task(int partition) {
      context =
          new MockProcessorContext<>(
              new Properties(), new TaskId(0, partition), dir.resolve("" + partition).toFile());
      for (StoreBuilder<?> builder : supplier.stores()) {
        StateStore store = builder.withLoggingDisabled().withCachingDisabled().build();
        store.init(context.getStateStoreContext(), store);
        stores.add(store);
      }
      processor.init(context);
    }

    void restart() {
      processor = supplier.get();
      processor.init(context);
    }

    List<CapturedForward<? extends byte[], ? extends byte[]>> process(
        String topic, int partition, long offset, Record<byte[], byte[]> record) {
      newestMillis = Math.max(newestMillis, record.timestamp());
      context.setCurrentStreamTimeMs(newestMillis);
      context.setRecordMetadata(topic, partition, offset);
      context.resetForwards();
      processor.process(record);
      return List.copyOf(context.forwarded());
    }
  }

  final CollectorRegistry counters = new CollectorRegistry();
  final FakeArrivals arrivals = new FakeArrivals();
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final int schemaId =
      registry.register(ShopPayments.TOPIC + "-value", ShopPayments.SCHEMA);
  private final AvroEncoder encoder = new AvroEncoder(schemaId, ShopPayments.SCHEMA);
  private final Path dir;
  private final int partitions;
  private final ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier;
  private final Map<Integer, Task> tasks = new TreeMap<>();
  private final Map<Integer, List<Written>> topic = new HashMap<>();
  private final Map<Integer, Deque<Record<byte[], byte[]>>> rekeyed = new HashMap<>();
  private final ProgressPartitioner partitioner = new ProgressPartitioner();
  private final Map<Integer, List<Record<byte[], byte[]>>> byPartition = new TreeMap<>();
  private final List<Record<byte[], byte[]>> clean = new ArrayList<>();
  private final List<Record<byte[], byte[]>> late = new ArrayList<>();
  private final List<Record<byte[], byte[]>> dead = new ArrayList<>();
  private Instant now = ShopPayments.NOON;
  private long rekeyedOffset;

  SourceTasks(Pipeline pipeline) {
    partitions = pipeline.partitions();
    try {
      dir = Files.createTempDirectory("tasks");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int cleanId = IngestTopology.register(pipeline, registry).values().iterator().next();
    supplier =
        IngestTopology.processor(
            new SourceSettings(
                pipeline,
                pipeline.source("payments"),
                cleanId,
                new SchemaLookups(registry, Runnable::run, () -> 0L, Duration.ZERO),
                arrivals,
                () -> now,
                new IngestMetrics(pipeline, counters)));
  }

  /** Advances the wall clock. */
  void advance(Duration duration) {
    now = now.plus(duration);
  }

  Instant now() {
    return now;
  }

  /** The partition of an account's events. */
  int partitionOf(String account) {
    return Utils.toPositive(Utils.murmur2(account.getBytes(UTF_8))) % partitions;
  }

  /**
   * Writes a record to the producers' topic, reads it and all rekeyed records; returns its offset.
   */
  long send(int partition, GenericRecord event, Instant published) {
    long offset = write(partition, event, published);
    read(partition, offset);
    readRekeyed();
    return offset;
  }

  long write(int partition, GenericRecord event, Instant published) {
    List<Written> log = topic.computeIfAbsent(partition, none -> new ArrayList<>());
    log.add(new Written(encoder.encode(event), published.toEpochMilli()));
    return log.size() - 1L;
  }

  /** Reads one record of the producers' topic, for the first time or again. */
  void read(int partition, long offset) {
    collect(process(partition, offset));
  }

  /** Reads one record and drops its output, but keeps the state, as after a kill. */
  void readAndLoseOutput(int partition, long offset) {
    process(partition, offset);
  }

  private List<CapturedForward<? extends byte[], ? extends byte[]>> process(
      int partition, long offset) {
    Written written = topic.getOrDefault(partition, List.of()).get((int) offset);
    return task(partition)
        .process(
            ShopPayments.TOPIC,
            partition,
            offset,
            new Record<>(null, written.value, written.publishedMillis));
  }

  /** Reads all unread records of the rekeyed topic. */
  void readRekeyed() {
    for (int partition = 0; partition < partitions; partition++) {
      Record<byte[], byte[]> next = nextRekeyed(partition);
      while (next != null) {
        collect(processRekeyed(partition, next));
        next = nextRekeyed(partition);
      }
    }
  }

  /** Reads the unread records of one partition of the rekeyed topic and drops their output. */
  void readRekeyedAndLoseOutput(int partition) {
    for (Record<byte[], byte[]> each : rekeyed.getOrDefault(partition, new ArrayDeque<>())) {
      processRekeyed(partition, copy(each));
    }
  }

  private @Nullable Record<byte[], byte[]> nextRekeyed(int partition) {
    Deque<Record<byte[], byte[]>> waiting = rekeyed.get(partition);
    return waiting == null ? null : waiting.poll();
  }

  private List<CapturedForward<? extends byte[], ? extends byte[]>> processRekeyed(
      int partition, Record<byte[], byte[]> record) {
    return task(partition).process(ShopPayments.REKEYED, partition, rekeyedOffset++, record);
  }

  /** Replaces all processors; they start with the existing state. */
  void restart() {
    tasks.values().forEach(Task::restart);
  }

  private Task task(int partition) {
    return tasks.computeIfAbsent(partition, Task::new);
  }

  @SuppressWarnings("unchecked")
  private void collect(List<CapturedForward<? extends byte[], ? extends byte[]>> forwards) {
    for (CapturedForward<? extends byte[], ? extends byte[]> forward : forwards) {
      Record<byte[], byte[]> record = (Record<byte[], byte[]>) forward.record();
      String sink = forward.childName().orElseThrow();
      if (sink.equals(NodeName.REKEYED.of("payments"))) {
        rekeyed.computeIfAbsent(target(record), none -> new ArrayDeque<>()).add(copy(record));
      } else if (sink.equals(NodeName.CLEAN.of("payments"))) {
        byPartition.computeIfAbsent(target(record), none -> new ArrayList<>()).add(copy(record));
        if (!Progress.isProgress(record.value(), record.headers())) {
          clean.add(record);
        }
      } else if (sink.equals(NodeName.LATE.of("payments"))) {
        late.add(record);
      } else {
        dead.add(record);
      }
    }
  }

  /** The partition to which the sink's partitioner, or Kafka's producer, sends a record. */
  private int target(Record<byte[], byte[]> record) {
    return partitioner
        .partitions(ShopPayments.CLEAN, record.key(), record.value(), partitions)
        .map(each -> each.iterator().next())
        .orElseGet(() -> Utils.toPositive(Utils.murmur2(record.key())) % partitions);
  }

  private static Record<byte[], byte[]> copy(Record<byte[], byte[]> record) {
    return record.withHeaders(new RecordHeaders(record.headers().toArray()));
  }

  List<Record<byte[], byte[]>> cleanRecords() {
    return clean;
  }

  List<Record<byte[], byte[]>> lateRecords() {
    return late;
  }

  List<Record<byte[], byte[]>> deadRecords() {
    return dead;
  }

  /** The ids in the clean topic, in order. */
  List<String> clean() {
    return ids(clean);
  }

  List<String> late() {
    return ids(late);
  }

  private List<String> ids(List<Record<byte[], byte[]>> records) {
    AvroDecoder decoder = new AvroDecoder(registry, ShopPayments.CLEAN, ShopPayments.SCHEMA);
    return records.stream()
        .map(record -> ((Decoded.Value) decoder.decode(record.value())).record())
        .map(event -> event.get("payment_id").toString())
        .toList();
  }

  /** The store of the published ids of a task. */
  KeyValueStore<byte[], byte[]> ids(int partition) {
    return task(partition).context.getStateStore(StoreName.PUBLISHED_IDS.of("payments"));
  }

  @Override
  public void close() {
    tasks.values().forEach(task -> task.stores.forEach(StateStore::close));
    try {
      Utils.delete(dir.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
