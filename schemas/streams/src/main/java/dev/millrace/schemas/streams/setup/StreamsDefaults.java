package dev.millrace.schemas.streams.setup;

import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.TransactionTimeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of every service on Kafka Streams that differ from Kafka's own defaults. */
public final class StreamsDefaults {
  /**
   * Time after which the broker aborts the transaction of a process that was lost with its state
   * directory. Until then consumers of its output topics wait.
   */
  public static final Duration TRANSACTION_TIMEOUT = TransactionTimeouts.SERVICES;

  /**
   * Time for which a lookup in the registry is retried inside one transaction. Together with its
   * last attempt (two requests of at most 5 s) it must stay below {@link #TRANSACTION_TIMEOUT}.
   * After it the thread is replaced and retries again.
   */
  public static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(15);

  /** Commit interval, which is about the end-to-end latency of exactly-once. */
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

  /**
   * Batching time of producers. It delays nothing: records are read after the commit, before which
   * all of them are sent. Smaller times cost the broker more requests; with the commit interval
   * itself, the requests of a whole interval would come at the commit.
   */
  private static final int EXACTLY_ONCE_LINGER_MILLIS = 20;

  /** Time after which the partitions of a lost instance are taken over, instead of 45 s. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  private StreamsDefaults() {}

  /**
   * Settings, to which a service may add.
   *
   * @param applicationId the application, also its consumer group and the prefix of its changelogs
   */
  public static Properties of(
      String applicationId,
      Pipeline pipeline,
      String bootstrapServers,
      Path stateDir,
      int threads) {
    boolean exactlyOnce = pipeline.guarantee() == Guarantee.EXACTLY_ONCE;
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksDb.class);
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
        exactlyOnce ? EXACTLY_ONCE_LINGER_MILLIS : 0);
    // Records of aborted transactions are not events, with any guarantee of the pipeline.
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    InternalTopicConfig.CONFIG.forEach(
        (name, value) -> settings.put(StreamsConfig.topicPrefix(name), value));
    if (exactlyOnce) {
      settings.put(
          StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
          (int) TRANSACTION_TIMEOUT.toMillis());
    }
    return settings;
  }
}
