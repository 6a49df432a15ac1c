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
final class ProducerClients {
  /** A registry that has just been started takes about 15 s. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(60);

  /**
   * Longer than the outages during which records must not be lost; the client's default is 2 min.
   */
  private static final int DELIVERY_TIMEOUT_MILLIS = (int) Duration.ofMinutes(5).toMillis();

  /**
   * 128 batches. While a broker stalls, a full buffer of small records takes more than twice its
   * size in heap, for the records' callbacks: 79 MB were measured with 32 MiB, 154 MB with 64 MiB.
   * So a heap of 256 MB is enough.
   */
  private static final long BUFFER_BYTES = 32L * 1024 * 1024;

  private final Cluster cluster;

  /** Clients of a cluster; none is opened yet. */
  ProducerClients(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A registry client that retries for a minute while the registry starts. */
  Registry registry() {
    return Registry.http(cluster.registryUrl()).retrying(REGISTRY_RETRY_TIMEOUT);
  }

  /**
   * A producer that does not lose or repeat records.
   *
   * @param tuning whether batches are sized for latency or throughput
   */
  Producer<byte[], byte[]> producer(ProducerTuning tuning) {
    return new KafkaProducer<>(
        producerSettings(tuning), new ByteArraySerializer(), new ByteArraySerializer());
  }

  Properties producerSettings(ProducerTuning tuning) {
    Properties settings = new Properties();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A broker that has just become a partition's leader may reject a producer's first batch and
    // accept its second, after which it always rejects the first as out of order. With one
    // request in flight there is no second batch.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    if (tuning == ProducerTuning.LATENCY) {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    } else {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
      settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
      settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    }
    settings.putAll(cluster.clientSettings());
    return settings;
  }

  /**
   * Checks that topics exist: a producer would wait minutes for a missing one.
   *
   * @throws IllegalArgumentException that names the missing topics
   * @throws PublishException if the brokers do not answer
   */
  void requireTopics(Collection<String> topics) {
    List<String> missing = new ArrayList<>();
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
        try {
          topic.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new PublishException(
                "Kafka at %s did not describe topic %s: %s"
                    .formatted(cluster.bootstrapServers(), topic.getKey(), e.getCause()),
                e);
          }
          missing.add(topic.getKey());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PublishException("interrupted while checking the topics", e);
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Kafka at %s has no topic %s; create it, or start the pipeline, which does"
              .formatted(cluster.bootstrapServers(), String.join(", ", missing)));
    }
  }
}
