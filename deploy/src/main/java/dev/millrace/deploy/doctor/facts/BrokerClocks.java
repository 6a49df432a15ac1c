package dev.millrace.deploy.doctor.facts;

import dev.millrace.deploy.doctor.Facts.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the clocks of brokers with that of this machine, without writing anything. It looks at
 * topics whose record timestamps are the leader's clock at the time of writing: Kafka's own, into
 * which the offsets and transactions of the running services go all the time, and topics with
 * LogAppendTime. When a newer timestamp comes up between two looks, its record was written between
 * the begin of the first look and the end of the second.
 */
final class BrokerClocks {
  /** Kafka's topics of offsets and transactions. */
  static final List<String> KAFKAS_OWN = List.of("__consumer_offsets", "__transaction_state");

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Admin admin;
  private final Duration longest;
  private final Map<Integer, Long> newest = new HashMap<>();
  private final Map<Integer, ClockReading> readings = new TreeMap<>();

  /**
   * @param longest time to wait for a record
   */
  BrokerClocks(Admin admin, Duration longest) {
    this.admin = admin;
    this.longest = longest;
  }

  /**
   * A reading for each broker that has written meanwhile.
   *
   * @param topics existing ones whose timestamps are those of writing
   */
  List<ClockReading> read(Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Integer> leaders = leaders(topics);
    long brokers = leaders.values().stream().distinct().count();
    long deadline = System.nanoTime() + longest.toNanos();
    long previousMillis = 0;
    while (readings.size() < brokers && System.nanoTime() < deadline) {
      long begin = System.currentTimeMillis();
      Map<Integer, Long> found = newest(leaders);
      look(found, previousMillis, System.currentTimeMillis());
      previousMillis = begin;
      Thread.sleep(PAUSE.toMillis());
    }
    return new ArrayList<>(readings.values());
  }

  /** Takes a reading of each broker that has a newer timestamp than at the look before. */
  private void look(Map<Integer, Long> found, long previousMillis, long endMillis) {
    found.forEach(
        (broker, timestamp) -> {
          Long before = newest.put(broker, timestamp);
          if (before != null && timestamp > before && previousMillis > 0) {
            long middle = (previousMillis + endMillis) / 2;
            readings.putIfAbsent(
                broker,
                new ClockReading(
                    "broker " + broker,
                    Duration.ofMillis(timestamp - middle),
                    Duration.ofMillis((endMillis - previousMillis) / 2 + 1)));
          }
        });
  }

  private Map<TopicPartition, Integer> leaders(Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Integer> leaders = new HashMap<>();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(
              partition -> {
                Node leader = partition.leader();
                if (leader != null) {
                  leaders.put(
                      new TopicPartition(topic.name(), partition.partition()), leader.id());
                }
              });
    }
    return leaders;
  }

  private Map<Integer, Long> newest(Map<TopicPartition, Integer> leaders)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    leaders.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.maxTimestamp()));
    Map<Integer, Long> found = new HashMap<>();
    admin
        .listOffsets(wanted)
        .all()
        .get()
        .forEach(
            (partition, record) ->
                leaders.computeIfPresent(
                    partition,
                    (key, leader) -> {
                      found.merge(leader, record.timestamp(), Math::max);
                      return leader;
                    }));
    return found;
  }
}
