package dev.millrace.ingest.topics;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from the rekeyed topics the records that ingest has read and committed. These topics have
 * no retention time, since a record must not expire there during an outage; only ingest reads them.
 */
public final class RekeyedTopicCleanup {
  private static final Logger log = LoggerFactory.getLogger(RekeyedTopicCleanup.class);

  /** As Kafka Streams does with its own repartition topics (repartition.purge.interval.ms). */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /** The operations of the cluster that are needed. */
  public interface Cluster {
    /** The offsets that ingest has committed, of all partitions that it reads. */
    Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException;

    void deleteBefore(Map<TopicPartition, Long> offsets)
        throws ExecutionException, InterruptedException;
  }

  private final Set<String> topics;
  private final Cluster cluster;
  private final Map<TopicPartition, Long> deleted = new HashMap<>();

  public RekeyedTopicCleanup(Pipeline pipeline, Cluster cluster) {
    this.topics =
        pipeline.sources().values().stream()
            .map(Source::name)
            .map(source -> Topics.rekeyed(pipeline, source))
            .collect(Collectors.toUnmodifiableSet());
    this.cluster = cluster;
  }

  /** The cluster of an admin client, for one consumer group. */
  public static Cluster cluster(Admin admin, String groupId) {
    return new Cluster() {
      @Override
      public Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
            admin
                .listConsumerGroupOffsets(groupId)
                .partitionsToOffsetAndMetadata()
                .get()
                .entrySet()) {
          if (entry.getValue() != null) {
            offsets.put(entry.getKey(), entry.getValue().offset());
          }
        }
        return offsets;
      }

      @Override
      public void deleteBefore(Map<TopicPartition, Long> offsets)
          throws ExecutionException, InterruptedException {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        offsets.forEach(
            (partition, offset) -> records.put(partition, RecordsToDelete.beforeOffset(offset)));
        admin.deleteRecords(records).all().get();
      }
    };
  }

  /** Deletes every 30 s, until the returned executor is shut down. */
  public ScheduledExecutorService start() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "rekeyed-topic-cleanup");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        executor.scheduleWithFixedDelay(
            this::deleteConsumed, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return executor;
  }

  /** Deletes once. A failure is logged; the next call retries. */
  void deleteConsumed() {
    try {
      Map<TopicPartition, Long> consumed = new HashMap<>();
      cluster
          .committed()
          .forEach(
              (partition, offset) -> {
                if (topics.contains(partition.topic())
                    && offset > deleted.getOrDefault(partition, 0L)) {
                  consumed.put(partition, offset);
                }
              });
      if (!consumed.isEmpty()) {
        cluster.deleteBefore(consumed);
        deleted.putAll(consumed);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RuntimeException e) {
      log.warn(
          "Consumed records of {} could not be deleted; the next attempt is in {}. Allow DELETE on the"
              + " topics if it is missing. {}",
          topics,
          INTERVAL,
          e.toString());
    }
  }
}
