package dev.millrace.deploy.topic;

import dev.millrace.deploy.process.PlatformException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads ranges of offsets, committed records only, without a consumer group. */
public final class TopicRanges {
  private static final Duration POLL = Duration.ofMillis(200);

  /** For a broker that does not answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private TopicRanges() {}

  /**
   * All records of a topic that exist and are committed now, by partition.
   *
   * @param client settings of a Kafka client
   */
  public static List<TopicRange> committed(Properties client, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(client)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, TIMEOUT);
      // With read_committed this is the last stable offset; all transactions before it have ended.
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
      return partitions.stream()
          .map(p -> new TopicRange(topic, p.partition(), offset(starts, p), offset(ends, p)))
          .toList();
    }
  }

  /**
   * Passes every committed record of the ranges to the action, range by range, in the order of the
   * offsets.
   *
   * @throws PlatformException if a range is no longer, or not yet, in its topic
   */
  public static void read(
      Properties client, List<TopicRange> ranges, Consumer<ConsumerRecord<byte[], byte[]>> action) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(client)) {
      requirePresent(consumer, ranges);
      ranges.forEach(range -> read(consumer, range, action));
    }
  }

  private static void requirePresent(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicRange> ranges) {
    Set<TopicPartition> present =
        ranges.stream()
            .map(TopicRange::topic)
            .distinct()
            .flatMap(topic -> partitions(consumer, topic).stream())
            .collect(Collectors.toSet());
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(present, TIMEOUT);
    Map<TopicPartition, Long> ends = consumer.endOffsets(present, TIMEOUT);
    List<String> problems = new ArrayList<>();
    for (TopicRange range : ranges) {
      TopicPartition partition = partition(range);
      long start = offset(starts, partition);
      long end = offset(ends, partition);
      if (range.from() < range.to() && range.from() < start) {
        problems.add(
            "%s: offsets %d to %d are gone, since retention deleted them (the first offset is now %d)"
                .formatted(partition, range.from(), Math.min(range.to(), start) - 1, start));
      } else if (range.to() > end) {
        problems.add(
            "%s: offsets %d to %d do not exist; the topic was deleted and created again, or this is another cluster"
                .formatted(partition, Math.max(range.from(), end), range.to() - 1));
      }
    }
    if (!problems.isEmpty()) {
      throw new PlatformException(
          "records are missing:%n  %s".formatted(String.join("%n  ".formatted(), problems)));
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic, TIMEOUT);
    if (infos.isEmpty()) {
      throw new PlatformException(
          "topic %s does not exist; start the pipeline once, or name the cluster that it runs on"
              .formatted(topic));
    }
    return infos.stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .sorted(Comparator.comparing(TopicPartition::partition))
        .toList();
  }

  private static void read(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicRange range,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    TopicPartition partition = partition(range);
    consumer.assign(List.of(partition));
    consumer.seek(partition, range.from());
    try {
      while (consumer.position(partition, TIMEOUT) < range.to()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < range.to()) {
            action.accept(record);
          }
        }
      }
    } catch (OffsetOutOfRangeException e) {
      throw new PlatformException(
          "%s: retention deleted records while they were read; try again".formatted(partition), e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Properties client) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // An offset that is gone is an error, and not a reason to continue elsewhere.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, TopicReader.FETCH_MAX_WAIT_MILLIS);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static TopicPartition partition(TopicRange range) {
    return new TopicPartition(range.topic(), range.partition());
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new PlatformException(partition + " does not exist");
    }
    return offset;
  }
}
