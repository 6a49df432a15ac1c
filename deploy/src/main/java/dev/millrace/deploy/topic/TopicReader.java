package dev.millrace.deploy.topic;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the committed records of topics, without a consumer group. */
public final class TopicReader {
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * How long the broker waits for records beyond those that exist. A reader that stops at a known
   * end needs none of them, and the next partition cannot be fetched before the answer: with the
   * default of 500 ms each partition takes that long.
   */
  static final int FETCH_MAX_WAIT_MILLIS = 5;

  private TopicReader() {}

  /** A read_committed consumer at the start of every partition of the topics. */
  public static KafkaConsumer<byte[], byte[]> consumer(
      String bootstrapServers, Collection<String> topics) {
    return consumer(client(bootstrapServers), topics);
  }

  /** The same for records that exist; it would ask the broker often for further ones. */
  private static KafkaConsumer<byte[], byte[]> ofExisting(
      Properties client, Collection<String> topics) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
    return consumer(settings, topics);
  }

  private static KafkaConsumer<byte[], byte[]> consumer(
      Properties client, Collection<String> topics) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /**
   * Passes every record that is committed at the time of the call to the action, partition by
   * partition in the order of the offsets.
   */
  public static void read(
      String bootstrapServers,
      Collection<String> topics,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    read(client(bootstrapServers), topics, action);
  }

  /** The same with the settings of a Kafka client, the brokers among them. */
  public static void read(
      Properties client,
      Collection<String> topics,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    try (KafkaConsumer<byte[], byte[]> consumer = ofExisting(client, topics)) {
      // With read_committed this is the last stable offset; all transactions before it have ended.
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      ends.entrySet().stream()
          .sorted(
              Comparator.comparing((Map.Entry<TopicPartition, Long> end) -> end.getKey().topic())
                  .thenComparing(end -> end.getKey().partition()))
          .forEach(end -> read(consumer, end.getKey(), end.getValue(), action));
    }
  }

  /**
   * Reads one committed record.
   *
   * @return null if there is none at the offset
   */
  public static @Nullable ConsumerRecord<byte[], byte[]> record(
      Properties client, TopicPartition partition, long offset) {
    try (KafkaConsumer<byte[], byte[]> consumer = ofExisting(client, List.of(partition.topic()))) {
      if (!consumer.assignment().contains(partition)) {
        return null;
      }
      consumer.assign(List.of(partition));
      List<TopicPartition> only = List.of(partition);
      long start = consumer.beginningOffsets(only).getOrDefault(partition, 0L);
      long end = consumer.endOffsets(only).getOrDefault(partition, 0L);
      if (offset < start) {
        return null;
      }
      consumer.seek(partition, offset);
      while (consumer.position(partition) <= offset && offset < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record.offset() == offset ? record : null;
        }
      }
      return null;
    }
  }

  private static void read(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end) {
          action.accept(record);
        }
      }
    }
  }

  private static Properties client(String bootstrapServers) {
    Properties client = new Properties();
    client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return client;
  }
}
