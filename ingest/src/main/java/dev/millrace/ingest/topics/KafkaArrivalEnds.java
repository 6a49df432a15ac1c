package dev.millrace.ingest.topics;

import dev.millrace.schemas.streams.setup.TopicCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the questions of {@link ArrivalEnds} for one consumer group. */
public final class KafkaArrivalEnds implements ArrivalEnds.Cluster {
  private static final Logger log = LoggerFactory.getLogger(KafkaArrivalEnds.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Markers are read within one poll; more are needed until the consumer is connected. */
  private static final int MOST_POLLS = 10;

  private final Admin admin;
  private final String groupId;
  private final Map<String, Object> client = new HashMap<>();

  /**
   * @param client settings of Kafka clients, including the bootstrap servers
   */
  public KafkaArrivalEnds(Admin admin, String groupId, Properties client) {
    this.admin = admin;
    this.groupId = groupId;
    client.forEach((name, value) -> this.client.put(name.toString(), value));
    this.client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    this.client.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
  }

  @Override
  public Map<String, Integer> counts(Set<String> topics) {
    return TopicCheck.partitions(admin, topics);
  }

  @Override
  public Map<TopicPartition, Long> ends(Set<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(partitions, OffsetSpec.latest());
  }

  @Override
  public Map<TopicPartition, Long> read(Set<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata().get();
    Map<TopicPartition, Long> read = new HashMap<>();
    Set<TopicPartition> unread = new HashSet<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) {
        unread.add(partition);
      } else {
        read.put(partition, offset.offset());
      }
    }
    if (!unread.isEmpty()) {
      read.putAll(offsets(unread, OffsetSpec.earliest()));
    }
    return read;
  }

  private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    ListOffsetsResult answers =
        admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      try {
        offsets.put(partition, answers.partitionResult(partition).get().offset());
      } catch (ExecutionException e) {
        // A partition without a leader is not known to be read; the others are asked for all the
        // same.
        log.debug("The end of {} is not known: {}", partition, e.toString());
      }
    }
    return offsets;
  }

  @Override
  public boolean isEmpty(TopicPartition partition, long from, long to) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      for (int i = 0; i < MOST_POLLS; i++) {
        if (!consumer.poll(POLL).isEmpty()) {
          return false;
        }
        if (consumer.position(partition) >= to) {
          return true;
        }
      }
      return false;
    }
  }
}
