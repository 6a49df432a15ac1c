package dev.millrace.drift.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the records that a topic has now, from its beginning. */
final class TopicRecords {
  private static final Duration POLL = Duration.ofMillis(200);

  private TopicRecords() {}

  /** Whether one of the records matches; the records after it are not read. */
  static boolean anyMatch(
      Consumer<byte[], byte[]> consumer,
      String topic,
      Predicate<ConsumerRecord<byte[], byte[]>> match) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (match.test(record)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Reads all records. */
  static void forEach(
      Consumer<byte[], byte[]> consumer,
      String topic,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
    anyMatch(
        consumer,
        topic,
        record -> {
          action.accept(record);
          return false;
        });
  }
}
