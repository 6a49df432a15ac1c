package dev.millrace.inference.topology;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
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
  private final Map<String, Integer> positions = new HashMap<>();
  private Map<String, Integer> committedPositions = new HashMap<>();
  private final CrashingContext context;
  private @Nullable PartitionTask scoring;
  private @Nullable AnswerProcessor answering;

  ClusterTask(TopologyInputs inputs, boolean scores, int partition, RepartitionCluster cluster) {
    this.inputs = inputs;
    this.scores = scores;
    this.partition = partition;
    this.cluster = cluster;
    List<String> storeNames = new ArrayList<>();
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
    context =
        new CrashingContext(
            new TaskId(scores ? 0 : 1, partition),
            storeNames,
            cluster.now(),
            forward -> cluster.write(partition, forward));
    start();
  }

  private void start() {
    if (scores) {
      scoring = new PartitionTask(inputs, context.get());
    } else {
      answering = new AnswerProcessor(inputs);
      answering.init(context.get());
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
      context.get().setCurrentSystemTimeMs(cluster.now());
      context.get().setRecordMetadata(topic, partition, offset);
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
      context.get().setCurrentSystemTimeMs(cluster.now());
      scoring.timeOut(cluster.now());
    }
  }

  /** Whether there was output. */
  boolean commit() {
    if (scoring != null) {
      scoring.beforeCommit();
    }
    boolean isOutput = context.commit();
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
      if (scoring != null && random.nextBoolean()) {
        scoring.beforeCommit();
      }
      context.commitPart(random);
    }
    if (scoring != null) {
      scoring.close();
    }
    positions.putAll(committedPositions);
    context.restart(cluster.now());
    start();
  }

  /** The number of pending events, early vectors and asked events after a clean-up. */
  int kept() {
    if (scoring == null) {
      return 0;
    }
    scoring.cleanUp(cluster.now());
    scoring.beforeCommit();
    scoring.committed();
    return context.entries(
        List.of(
            NodeName.PENDING_EVENTS,
            NodeName.earlyVectors(inputs.pipeline()),
            NodeName.ASKED_EVENTS));
  }
}
