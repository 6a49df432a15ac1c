package dev.millrace.ingest.producer.publish;

import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the Kafka and registry clients of a program that publishes events. */
public final class ProducerClients {
  /** A registry that has just been started takes about 15 s. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(60);

  /** Longer than any outage that is meant to be ridden out; the client's own default is 2 min. */
  private static final int DELIVERY_TIMEOUT_MILLIS = (int) Duration.ofMinutes(5).toMillis();

  private final Cluster cluster;

  /** Clients of a cluster; none is opened yet. */
  public ProducerClients(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A registry client that retries for a minute while the registry starts. */
  public Registry registry() {
    return Registry.http(cluster.registryUrl()).retrying(REGISTRY_RETRY_TIMEOUT);
  }

  /**
   * A producer that loses and repeats nothing.
   *
   * @param tuning what its batches are sized for
   */
  public Producer<byte[], byte[]> producer(ProducerTuning tuning) {
    return new KafkaProducer<>(
        producerSettings(tuning), new ByteArraySerializer(), new ByteArraySerializer());
  }

  Properties producerSettings(ProducerTuning tuning) {
    Properties settings = new Properties();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A broker that has only just become a partition's leader may refuse a producer's first batch
    // and take its second, after which it refuses the first for ever as out of order. With one
    // request at a time there is no second.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    if (tuning == ProducerTuning.LATENCY) {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    } else {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
      settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
      settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
    }
    settings.putAll(cluster.clientSettings());
    return settings;
  }

  /**
   * Looks whether topics are there: a producer would wait long for one that is not.
   *
   * @throws IllegalArgumentException that names those that are not
   * @throws PublishException if the brokers do not answer
   */
  public void requireTopics(Collection<String> topics) {
    List<String> missing = new ArrayList<>();
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
        try {
          topic.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new PublishException(
                "Kafka at %s does not tell of topic %s: %s"
                    .formatted(cluster.bootstrapServers(), topic.getKey(), e.getCause()),
                e);
          }
          missing.add(topic.getKey());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PublishException("interrupted while looking at the topics", e);
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Kafka at %s has no topic %s; create it, or start the pipeline, which does"
              .formatted(cluster.bootstrapServers(), String.join(", ", missing)));
    }
  }
}
