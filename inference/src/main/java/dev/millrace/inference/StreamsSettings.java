package dev.millrace.inference;

import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** How inference runs Kafka Streams, where that differs from the defaults. */
final class StreamsSettings {
  /**
   * After this a broker aborts the transaction of a process that vanished with its state directory;
   * until then consumers of the predictions wait.
   */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

  /** The latency of exactly-once is about this. */
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

  /** How long a thread with nothing to read waits before it looks for time-outs and commits. */
  private static final Duration POLL = Duration.ofMillis(5);

  /** Within a commit interval a few milliseconds of batching cost nothing. */
  private static final int EXACTLY_ONCE_LINGER_MILLIS = 5;

  /** A vanished instance's partitions are taken over after this, instead of after 45 s. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /**
   * An event is ahead of its row, so a task reads on when a topic has nothing more. But as long as
   * the broker has more of a topic, the task waits for it: in a replay, events and rows are then
   * merged by their time, as they were when they came.
   */
  private static final long MAX_TASK_IDLE_MILLIS = 0;

  /** Decoded by nobody: hot entities, pending events and own rows between two commits. */
  private static final long RECORD_CACHE_BYTES = 32L << 20;

  private StreamsSettings() {}

  /** The application's id, which is also its consumer group and the prefix of its changelogs. */
  static String applicationId(Pipeline pipeline) {
    return "millrace." + pipeline.name() + ".inference";
  }

  static Properties of(Pipeline pipeline, String bootstrapServers, Path stateDir, int threads) {
    boolean exactlyOnce = pipeline.guarantee() == Guarantee.EXACTLY_ONCE;
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(pipeline));
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 0);
    settings.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, MAX_TASK_IDLE_MILLIS);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, RECORD_CACHE_BYTES);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksDb.class);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
        exactlyOnce ? EXACTLY_ONCE_LINGER_MILLIS : 0);
    // An event that ingest took back never happened, whatever our own guarantee.
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    if (exactlyOnce) {
      settings.put(
          StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
          (int) TRANSACTION_TIMEOUT.toMillis());
    }
    return settings;
  }
}
