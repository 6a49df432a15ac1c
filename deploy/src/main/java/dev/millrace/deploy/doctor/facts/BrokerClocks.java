package dev.millrace.deploy.doctor.facts;

import dev.millrace.deploy.doctor.Facts.ClockReading;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the clocks of brokers without writing anything: from topics whose record timestamps are the
 * leader's clock at the time of writing. These are Kafka's own, into which the offsets and
 * transactions of the running services go all the time, and topics with LogAppendTime.
 */
final class BrokerClocks {
  /** Kafka's topics of offsets and transactions. */
  static final List<String> KAFKAS_OWN = List.of("__consumer_offsets", "__transaction_state");

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Admin admin;
  private final Duration longest;

  /**
   * @param longest time to wait for a record of each broker
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
    ClockWatch watch = new ClockWatch();
    while (watch.readings().size() < brokers && System.nanoTime() < deadline) {
      long begin = System.currentTimeMillis();
      Map<Integer, Long> found = newest(leaders);
      watch.look(found, begin, System.currentTimeMillis());
      Thread.sleep(PAUSE.toMillis());
    }
    return watch.readings();
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
                  leaders.put(new TopicPartition(topic.name(), partition.partition()), leader.id());
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
