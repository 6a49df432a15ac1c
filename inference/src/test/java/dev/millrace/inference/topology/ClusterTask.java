package dev.millrace.inference.topology;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * One task of a {@link RepartitionCluster}. With exactly-once, a crash resets stores, positions and
 * output to the last commit; with at-least-once, what was written since then may be kept or lost.
 */
final class ClusterTask {
  private final TopologyInputs inputs;
  private final boolean scores;
  private final int partition;
  private final RepartitionCluster cluster;
  private final List<String> storeNames = new ArrayList<>();
  private final Map<String, Integer> positions = new HashMap<>();
  private Map<String, Integer> committedPositions = new HashMap<>();
  private Map<String, Map<Bytes, byte[]>> snapshot = new HashMap<>();
  private MockProcessorContext<byte[], byte[]> context;
  private @Nullable PartitionTask scoring;
  private @Nullable AnswerProcessor answering;

  ClusterTask(TopologyInputs inputs, boolean scores, int partition, RepartitionCluster cluster) {
    this.inputs = inputs;
    this.scores = scores;
    this.partition = partition;
    this.cluster = cluster;
    for (ViewStore view : ViewStore.of(inputs.pipeline())) {
      if (view.isRepartitioned() != scores) {
        storeNames.add(view.store());
        positions.put(view.topic(), 0);
      }
    }
    if (scores) {
      storeNames.add(NodeName.PENDING_EVENTS);
      storeNames.add(NodeName.earlyVectors(inputs.pipeline()));
      storeNames.add(NodeName.ASKED_EVENTS);
    }
    cluster.topics(scores).forEach(topic -> positions.put(topic, 0));
    committedPositions = Map.copyOf(positions);
    context = started();
    start();
  }

  private MockProcessorContext<byte[], byte[]> started() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    MockProcessorContext<byte[], byte[]> fresh =
        new MockProcessorContext<>(
            settings, new TaskId(scores ? 0 : 1, partition), Path.of("unused").toFile());
    fresh.setCurrentSystemTimeMs(cluster.now());
    fresh.setCurrentStreamTimeMs(cluster.now());
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

  private void start() {
    if (scores) {
      scoring = new PartitionTask(inputs, context);
    } else {
      answering = new AnswerProcessor(inputs);
      answering.init(context);
    }
  }

  boolean scores() {
    return scores;
  }

  /** Reads the next record of one of the topics, if there is one. */
  boolean poll(Random random) {
    List<String> topics =
        positions.keySet().stream()
            .filter(topic -> positions.getOrDefault(topic, 0) < cluster.end(at(topic)))
            .sorted()
            .toList();
    if (topics.isEmpty()) {
      return false;
    }
    String topic = topics.get(random.nextInt(topics.size()));
    int offset = positions.merge(topic, 1, Integer::sum) - 1;
    Record<byte[], byte[]> record = cluster.read(at(topic), offset);
    if (record != null) {
      context.setCurrentSystemTimeMs(cluster.now());
      context.setRecordMetadata(topic, partition, offset);
      process(record);
    }
    return true;
  }

  private void process(Record<byte[], byte[]> record) {
    if (scoring != null) {
      scoring.process(record);
    } else if (answering != null) {
      answering.process(record);
    }
  }

  private TopicPartition at(String topic) {
    return new TopicPartition(topic, partition);
  }

  void timeOut() {
    if (scoring != null) {
      context.setCurrentSystemTimeMs(cluster.now());
      scoring.timeOut(cluster.now());
    }
  }

  /** Whether there was output. */
  boolean commit() {
    boolean isOutput = !context.forwarded().isEmpty();
    context.forwarded().forEach(forward -> cluster.write(partition, forward));
    context.resetForwards();
    snapshot = contents();
    committedPositions = Map.copyOf(positions);
    if (scoring != null) {
      scoring.committed();
    }
    return isOutput;
  }

  /** The next process starts at the cluster's time. */
  void crash(Random random) {
    Pipeline pipeline = inputs.pipeline();
    if (pipeline.guarantee() == Guarantee.AT_LEAST_ONCE) {
      writePart(random);
    }
    if (scoring != null) {
      scoring.close();
    }
    positions.putAll(committedPositions);
    context = started();
    start();
  }

  /** Progress is written only after all records before it: a producer keeps the order. */
  private void writePart(Random random) {
    boolean isPrefix = true;
    for (var forward : context.forwarded()) {
      boolean isProgress = forward.record().value() == null;
      if (isProgress ? isPrefix : random.nextBoolean()) {
        cluster.write(partition, forward);
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
  }

  /** The number of pending events, early vectors and asked events after a clean-up. */
  int kept() {
    if (scoring == null) {
      return 0;
    }
    scoring.cleanUp(cluster.now());
    scoring.committed();
    Map<String, Map<Bytes, byte[]>> contents = contents();
    return Stream.of(
            NodeName.PENDING_EVENTS,
            NodeName.earlyVectors(inputs.pipeline()),
            NodeName.ASKED_EVENTS)
        .mapToInt(name -> contents.getOrDefault(name, Map.of()).size())
        .sum();
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
