package dev.millrace.ingest.topics;

import dev.millrace.ingest.topology.ArrivalPartitions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the cluster, in the background, how many partitions the producers' topics have, and whether
 * silent ones have been read to their ends. Silence alone is no evidence of that: a process without
 * CPU time or without a connection reads nothing either.
 *
 * <p>A partition has been read to its end if the committed offset is not before the end that was
 * asked for earlier. Kafka Streams commits beyond the markers of transactions only after it has
 * read a record, so a committed offset that does not move is compared again, without the markers.
 */
public final class ArrivalEnds implements ArrivalPartitions {
  private static final Logger log = LoggerFactory.getLogger(ArrivalEnds.class);

  /** How often silent partitions are asked for, while there are any. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** How often topics are counted. */
  private static final Duration COUNT_INTERVAL = Duration.ofSeconds(10);

  /** A partition that no task has asked for within this time is no longer asked for. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(5);

  /** The questions to the cluster. */
  public interface Cluster {
    /** The numbers of partitions of the topics that exist. */
    Map<String, Integer> counts(Set<String> topics);

    /** The ends of the committed records. */
    Map<TopicPartition, Long> ends(Set<TopicPartition> partitions)
        throws ExecutionException, InterruptedException;

    /** The offsets that ingest has committed; the first offset of a partition without one. */
    Map<TopicPartition, Long> read(Set<TopicPartition> partitions)
        throws ExecutionException, InterruptedException;

    /** Whether there is no committed record between two offsets, only markers of transactions. */
    boolean isEmpty(TopicPartition partition, long from, long to);
  }

  private final Set<String> topics;
  private final Cluster cluster;
  private final InstantSource clock;
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> asked = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> readToEnd = new ConcurrentHashMap<>();

  // Only in the background thread.
  private final Map<TopicPartition, Long> lastRead = new HashMap<>();
  private long countedMillis;
  private boolean failing;

  /** Counts the partitions of the topics. */
  public ArrivalEnds(Set<String> topics, Cluster cluster, InstantSource clock) {
    this.topics = topics;
    this.cluster = cluster;
    this.clock = clock;
    count();
  }

  /** Counts the partitions of the topics again. */
  public void count() {
    counts.putAll(cluster.counts(topics));
  }

  @Override
  public int count(String topic) {
    return counts.getOrDefault(topic, 0);
  }

  @Override
  public boolean readToEnd(String topic, int partition, long sinceMillis) {
    TopicPartition asks = new TopicPartition(topic, partition);
    asked.put(asks, clock.millis());
    Long atMillis = readToEnd.get(asks);
    return atMillis != null && atMillis > sinceMillis;
  }

  /** Asks every second, until the returned executor is shut down. */
  public ScheduledExecutorService start() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "arrival-ends");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        executor.scheduleWithFixedDelay(
            this::ask, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return executor;
  }

  /** Asks once. A failure is logged; the next call retries. */
  void ask() {
    try {
      long nowMillis = clock.millis();
      if (nowMillis - countedMillis >= COUNT_INTERVAL.toMillis()) {
        countedMillis = nowMillis;
        count();
      }
      asked.values().removeIf(atMillis -> nowMillis - atMillis > FORGOTTEN_AFTER.toMillis());
      readToEnd.keySet().retainAll(asked.keySet());
      lastRead.keySet().retainAll(asked.keySet());
      if (!asked.isEmpty()) {
        compare(new HashSet<>(asked.keySet()), nowMillis);
      }
      failing = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RuntimeException e) {
      if (!failing) {
        log.warn(
            "The ends of {} could not be asked for; the next attempt is in {}. Until then a silent"
                + " partition holds back the progress of its source. {}",
            topics,
            INTERVAL,
            e.toString());
      }
      failing = true;
    }
  }

  /** The ends are asked for first, so that a committed offset is not compared with a newer end. */
  private void compare(Set<TopicPartition> partitions, long nowMillis)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> ends = cluster.ends(partitions);
    Map<TopicPartition, Long> read = cluster.read(partitions);
    for (TopicPartition partition : partitions) {
      Long end = ends.get(partition);
      Long offset = read.get(partition);
      if (end == null || offset == null) {
        continue;
      }
      boolean stands = offset.equals(lastRead.put(partition, offset));
      if (offset >= end || (stands && cluster.isEmpty(partition, offset, end))) {
        readToEnd.put(partition, nowMillis);
      } else {
        readToEnd.remove(partition);
      }
    }
  }
}
