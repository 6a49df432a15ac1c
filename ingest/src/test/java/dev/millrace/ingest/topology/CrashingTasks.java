package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.commit.Commits;
import dev.millrace.schemas.streams.records.ProgressPartitioner;
import dev.millrace.schemas.topics.Progress;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The tasks of {@link ShopPayments} on topics in memory, each in a process of its own, with commits
 * and crashes. With exactly-once a crash restores state and offsets of the last commit, and output
 * since then is lost. With at-least-once each store may keep what was written to it since the
 * commit, and each partition of a topic may keep the first records since then.
 */
final class CrashingTasks implements AutoCloseable {
  /** The registry as one task sees it; it can be unavailable. */
  private final class Connection implements Registry {
    private boolean up = true;

    @Override
    public Lookup lookup(int id) {
      if (!up) {
        throw new RegistryUnavailable("down", new IOException("503"));
      }
      return registry.lookup(id);
    }

    @Override
    public int register(String subject, Schema schema) {
      return registry.register(subject, schema);
    }

    @Override
    public void requireBackwardCompatibility(String subject) {}
  }

  private record Output(String topic, int partition, Record<byte[], byte[]> record) {}

  /** A task and what it has committed. */
  private final class Task {
    private final int number;
    private final List<StateStore> stores = new ArrayList<>();
    private final List<Output> unflushed = new ArrayList<>();
    private final Connection connection = new Connection();
    private ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier = supplier(connection);
    private List<List<KeyValue<Object, Object>>> committedState = List.of();
    private MockProcessorContext<byte[], byte[]> context;
    private Processor<byte[], byte[], byte[], byte[]> processor;
    private int read;
    private int readCommitted;
    private int readRekeyed;
    private int readRekeyedCommitted;

    Task(int number) {
      this.number = number;
      context = context();
      processor = start();
      committedState = stores.stream().map(CrashingTasks::content).toList();
    }

    private MockProcessorContext<byte[], byte[]> context() {
      MockProcessorContext<byte[], byte[]> fresh =
          new MockProcessorContext<>(
              new Properties(), new TaskId(0, number), dir.resolve(number + "").toFile());
      stores.forEach(StateStore::close);
      stores.clear();
      for (StoreBuilder<?> builder : supplier.stores()) {
        StateStore store = builder.withLoggingDisabled().withCachingDisabled().build();
        store.init(fresh.getStateStoreContext(), store);
        stores.add(store);
      }
      return fresh;
    }

    private Processor<byte[], byte[], byte[], byte[]> start() {
      Processor<byte[], byte[], byte[], byte[]> started = supplier.get();
      started.init(context);
      return started;
    }

    boolean process(String topic, int offset, List<Record<byte[], byte[]>> log) {
      if (offset == log.size()) {
        return false;
      }
      context.setRecordMetadata(topic, number, offset);
      processor.process(copy(log.get(offset)));
      collect();
      return true;
    }

    void punctuate() {
      for (CapturedPunctuator each : List.copyOf(context.scheduledPunctuators())) {
        if (!each.cancelled()) {
          each.getPunctuator().punctuate(now.toEpochMilli());
        }
      }
      collect();
    }

    @SuppressWarnings("unchecked")
    private void collect() {
      for (CapturedForward<? extends byte[], ? extends byte[]> forward : context.forwarded()) {
        Record<byte[], byte[]> record = (Record<byte[], byte[]>) forward.record();
        String topic = forward.childName().orElseThrow();
        if (topic.equals(NodeName.LATE.of("payments"))) {
          foundLate.add(eventKey(record));
        } else if (topic.equals(NodeName.REKEYED.of("payments"))
            && !Progress.isProgress(record.value(), record.headers())
            && RekeyHeaders.lateness(record.headers()).late()) {
          foundLate.add(new String(record.key(), UTF_8) + "@" + eventTime(record.value()));
        }
        unflushed.add(new Output(topic, partitionOf(record), copy(record)));
      }
      context.resetForwards();
    }

    void commit() {
      unflushed.forEach(CrashingTasks.this::append);
      unflushed.clear();
      stores.stream().filter(Commits.class::isInstance).forEach(each -> each.commit(Map.of()));
      committedState = stores.stream().map(CrashingTasks::content).toList();
      readCommitted = read;
      readRekeyedCommitted = readRekeyed;
    }

    void crash(Random random) {
      if (atLeastOnce) {
        Map<String, Boolean> lost = new TreeMap<>();
        for (Output each : unflushed) {
          String partition = each.topic + each.partition;
          if (!lost.merge(partition, random.nextInt(4) == 0, Boolean::logicalOr)) {
            append(each);
          }
        }
      }
      unflushed.clear();
      processor.close();
      List<List<KeyValue<Object, Object>>> kept = new ArrayList<>();
      for (int i = 0; i < stores.size(); i++) {
        boolean isKept = atLeastOnce && random.nextBoolean();
        kept.add(isKept ? content(stores.get(i)) : committedState.get(i));
      }
      supplier = supplier(connection); // Another process, which knows no schemas.
      context = context();
      for (int i = 0; i < stores.size(); i++) {
        replace(stores.get(i), kept.get(i));
      }
      committedState = kept;
      read = readCommitted;
      readRekeyed = readRekeyedCommitted;
      processor = start();
    }
  }

  final FakeArrivals arrivals = new FakeArrivals();

  /** Times and accounts of the events that were found late, also where the output was lost. */
  final Set<String> foundLate = new HashSet<>();

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Pipeline pipeline;
  private final Path dir;
  private final int partitions;
  private final boolean atLeastOnce;
  private final ProgressPartitioner partitioner = new ProgressPartitioner();
  private final Map<Integer, List<Record<byte[], byte[]>>> sent = new TreeMap<>();
  private final Map<String, List<Record<byte[], byte[]>>> written = new TreeMap<>();
  private final Map<Integer, Task> tasks = new TreeMap<>();
  private Instant now = ShopPayments.NOON;

  /**
   * @param arrivalPartitions of the producers' topic
   */
  CrashingTasks(Pipeline pipeline, int arrivalPartitions) {
    this.pipeline = pipeline;
    partitions = pipeline.partitions();
    atLeastOnce = pipeline.guarantee() == Guarantee.AT_LEAST_ONCE;
    arrivals.count = arrivalPartitions;
    try {
      dir = Files.createTempDirectory("tasks");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int task = 0; task < Math.max(partitions, arrivalPartitions); task++) {
      tasks.put(task, new Task(task));
    }
  }

  private ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(Registry connection) {
    return IngestTopology.processor(
        new SourceSettings(
            pipeline,
            pipeline.source("payments"),
            IngestTopology.register(pipeline, registry).values().iterator().next(),
            new SchemaLookups(
                connection,
                Runnable::run,
                () -> Duration.between(Instant.EPOCH, now).toNanos(),
                Duration.ZERO),
            arrivals,
            () -> now,
            new IngestMetrics(pipeline, new CollectorRegistry())));
  }

  Registry registry() {
    return registry;
  }

  /** Whether the registry answers a task. */
  void registryAnswers(int task, boolean answers) {
    task(task).connection.up = answers;
  }

  Instant now() {
    return now;
  }

  void send(int arrival, Record<byte[], byte[]> record) {
    log(arrival).add(record);
  }

  private List<Record<byte[], byte[]>> log(int arrival) {
    return sent.computeIfAbsent(arrival, none -> new ArrayList<>());
  }

  /** Processes the next record of the producers' topic; false if there is none. */
  boolean read(int task) {
    Task reader = task(task);
    boolean more = reader.process(ShopPayments.TOPIC, reader.read, log(task));
    reader.read += more ? 1 : 0;
    return more;
  }

  /** Processes the next record of the rekeyed topic; false if there is none. */
  boolean readRekeyed(int task) {
    Task reader = task(task);
    List<Record<byte[], byte[]>> log = written(NodeName.REKEYED, task);
    boolean more = reader.process(ShopPayments.REKEYED, reader.readRekeyed, log);
    reader.readRekeyed += more ? 1 : 0;
    return more;
  }

  /** Advances the wall clock, and runs what a task has scheduled. */
  void pass(Duration duration, int task) {
    now = now.plus(duration);
    task(task).punctuate();
  }

  void commit(int task) {
    Task committing = task(task);
    committing.commit();
    if (committing.read == log(task).size()) {
      arrivals.readToEnd.put(task, now.toEpochMilli());
    } else {
      arrivals.readToEnd.remove(task);
    }
  }

  void crash(int task, Random random) {
    task(task).crash(random);
  }

  int taskCount() {
    return tasks.size();
  }

  /** The records of a partition of the clean topic. */
  List<Record<byte[], byte[]>> clean(int partition) {
    return written(NodeName.CLEAN, partition);
  }

  /** The event time in the value of a producer, in any version of the schema. */
  private long eventTime(byte[] value) {
    AvroDecoder decoder = new AvroDecoder(registry, ShopPayments.TOPIC, ShopPayments.SCHEMA);
    return (Long) ((Decoded.Value) decoder.decode(value)).record().get("at");
  }

  static String eventKey(Record<byte[], byte[]> event) {
    return new String(event.key(), UTF_8) + "@" + event.timestamp();
  }

  private List<Record<byte[], byte[]>> written(NodeName sink, int partition) {
    return written.computeIfAbsent(
        sink.of("payments") + "-" + partition, none -> new ArrayList<>());
  }

  private void append(Output output) {
    written
        .computeIfAbsent(output.topic + "-" + output.partition, none -> new ArrayList<>())
        .add(output.record);
  }

  private Task task(int number) {
    Task task = tasks.get(number);
    if (task == null) {
      throw new IllegalArgumentException("no task " + number);
    }
    return task;
  }

  private int partitionOf(Record<byte[], byte[]> record) {
    return partitioner
        .partitions("any", record.key(), record.value(), partitions)
        .map(each -> each.iterator().next())
        .orElseGet(
            () ->
                record.key() == null
                    ? 0
                    : Utils.toPositive(Utils.murmur2(record.key())) % partitions);
  }

  private static Record<byte[], byte[]> copy(Record<byte[], byte[]> record) {
    return record.withHeaders(new RecordHeaders(record.headers().toArray()));
  }

  @SuppressWarnings("unchecked")
  private static List<KeyValue<Object, Object>> content(StateStore store) {
    List<KeyValue<Object, Object>> content = new ArrayList<>();
    if (store instanceof KeyValueStore<?, ?> keyed) {
      try (KeyValueIterator<Object, Object> all = ((KeyValueStore<Object, Object>) keyed).all()) {
        all.forEachRemaining(content::add);
      }
    }
    return content;
  }

  @SuppressWarnings("unchecked")
  private static void replace(StateStore store, List<KeyValue<Object, Object>> content) {
    if (store instanceof KeyValueStore<?, ?> keyed) {
      KeyValueStore<Object, Object> target = (KeyValueStore<Object, Object>) keyed;
      content(store).forEach(entry -> target.delete(entry.key));
      content.forEach(entry -> target.put(entry.key, entry.value));
    }
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
