package dev.millrace.deploy.deadletter;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.DeadLetterReplay;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Reads the dead letters of a pipeline, the record of their replays, and ingest's progress. */
public final class DeadLetterTopics {
  private final Cluster cluster;
  private final Pipeline pipeline;

  private DeadLetterTopics(Cluster cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
  }

  /**
   * The topics of a pipeline on a cluster.
   *
   * @throws PlatformException if one does not exist, or the brokers do not answer
   */
  public static DeadLetterTopics of(Cluster cluster, Pipeline pipeline)
      throws InterruptedException {
    DeadLetterTopics topics = new DeadLetterTopics(cluster, pipeline);
    topics.requireTopics(List.of(Topics.deadLetters(pipeline), Topics.deadLetterReplays(pipeline)));
    return topics;
  }

  /** A consumer would create a missing topic, and a producer wait for it. */
  private void requireTopics(List<String> names) throws InterruptedException {
    List<String> missing = new ArrayList<>();
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      for (var topic : admin.describeTopics(names).topicNameValues().entrySet()) {
        try {
          var unused = topic.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new PlatformException(
                "Kafka at %s did not describe topic %s: %s"
                    .formatted(cluster.bootstrapServers(), topic.getKey(), e.getCause()),
                e);
          }
          missing.add(topic.getKey());
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new PlatformException(
          "Kafka at %s has no topic %s; start pipeline %s, which creates its topics"
              .formatted(
                  cluster.bootstrapServers(), String.join(" and ", missing), pipeline.name()));
    }
  }

  /** Every committed dead letter, partition by partition in the order of the offsets. */
  public void read(Consumer<ConsumerRecord<byte[], byte[]>> action) {
    TopicReader.read(cluster.clientSettings(), List.of(Topics.deadLetters(pipeline)), action);
  }

  /** One dead letter; null if there is none at the position. */
  public @Nullable ConsumerRecord<byte[], byte[]> read(Position position) {
    TopicPartition partition =
        new TopicPartition(Topics.deadLetters(pipeline), position.partition());
    return TopicReader.record(cluster.clientSettings(), partition, position.offset());
  }

  /** The replays by dead letter. */
  public Map<Position, Replay> replays() {
    String topic = Topics.deadLetterReplays(pipeline);
    AvroDecoder decoder =
        new AvroDecoder(
            Registry.http(cluster.registryUrl()), topic, DeadLetterReplay.getClassSchema());
    Map<Position, Replay> replays = new HashMap<>();
    TopicReader.read(
        cluster.clientSettings(),
        List.of(topic),
        record -> {
          if (decoder.decode(record.value()) instanceof Decoded.Value value) {
            Replay replay = Replay.of(value.record());
            replays.put(replay.of(), replay);
          } else {
            throw new PlatformException(
                "topic %s, partition %d, offset %d: only millrace writes to this topic, but the record cannot be decoded"
                    .formatted(topic, record.partition(), record.offset()));
          }
        });
    return replays;
  }

  /**
   * The offsets up to which ingest has read the producers' topics. Ingest commits them together
   * with its dead letters, or after them.
   *
   * @throws PlatformException if the brokers do not give them
   */
  public Map<TopicPartition, Long> readByIngest() throws InterruptedException {
    String group = ProcessNames.application(ProcessNames.INGEST, pipeline);
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (Map.Entry<TopicPartition, OffsetAndMetadata> partition :
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet()) {
        if (partition.getValue() != null) {
          offsets.put(partition.getKey(), partition.getValue().offset());
        }
      }
      return offsets;
    } catch (ExecutionException e) {
      throw new PlatformException(
          "Kafka at %s did not give the offsets of group %s: %s"
              .formatted(cluster.bootstrapServers(), group, e.getCause()),
          e);
    }
  }
}
