package dev.millrace.inference.topology;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams in which inference differs from the other services. */
public final class InferenceSettings {
  /** How long a thread without input waits before it checks timeouts and commits. */
  private static final Duration POLL = Duration.ofMillis(5);

  /**
   * An event precedes its vector, so a task must read on when a topic has nothing more. But while
   * the broker has more records of a topic, the task waits for them: in a replay, events and
   * vectors are then merged in time order, as they were when they arrived.
   */
  private static final long MAX_TASK_IDLE_MILLIS = 0;

  /** For encoded records: frequent entities, pending events and vectors between two commits. */
  private static final long RECORD_CACHE_BYTES = 32L << 20;

  /**
   * Enough for what a consumer has fetched. With fewer, it returns the records of one topic after
   * those of another; a task does not know of the others yet, and does not wait for them.
   */
  private static final int MAX_POLL_RECORDS = 10_000;

  private InferenceSettings() {}

  /**
   * Adds the settings.
   *
   * @param standbyReplicas further instances that keep a copy of each store; 0: none
   */
  public static void addTo(Properties settings, int standbyReplicas) {
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, MAX_TASK_IDLE_MILLIS);
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), MAX_POLL_RECORDS);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, RECORD_CACHE_BYTES);
  }
}
