package dev.millrace.schemas.streams;

import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** How every service runs Kafka Streams, where that differs from Kafka's own defaults. */
public final class StreamsDefaults {
  /**
   * After this a broker aborts the transaction of a process that vanished with its state directory;
   * until then consumers of the topics that it writes wait.
   */
  public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

  /**
   * How long a look-up may wait for the registry inside one transaction. With the attempt that it
   * ends with (two requests of 5 s at most), it must stay below {@link #TRANSACTION_TIMEOUT}. Then
   * the thread is replaced and waits again.
   */
  public static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(15);

  /** The end-to-end latency of exactly-once is about this. */
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

  /** Within a commit interval a few milliseconds of batching cost nothing. */
  private static final int EXACTLY_ONCE_LINGER_MILLIS = 5;

  /** A vanished instance's partitions are taken over after this, instead of after 45 s. */
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  private StreamsDefaults() {}

  /**
   * Settings that a service may add to.
   *
   * @param applicationId also its consumer group and the prefix of its changelogs
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
    // What a producer took back never happened, whatever our own guarantee.
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    InternalTopics.CONFIG.forEach(
        (name, value) -> settings.put(StreamsConfig.topicPrefix(name), value));
    if (exactlyOnce) {
      settings.put(
          StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
          (int) TRANSACTION_TIMEOUT.toMillis());
    }
    return settings;
  }
}
