package dev.millrace.ingest.producer.publish;

import dev.millrace.schemas.registry.HttpRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RetryingRegistry;
import dev.millrace.schemas.service.ConnectionOptions;
import java.io.IOException;
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
import picocli.CommandLine.Mixin;

/** The options of a command that sends events: where to, and with which client settings. */
public final class KafkaOptions {
  /** A registry that has just been started takes about 15 s. */
  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(60);

  /** Longer than any outage that is meant to be ridden out; the client's own default is 2 min. */
  private static final int DELIVERY_TIMEOUT_MILLIS = (int) Duration.ofMinutes(5).toMillis();

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  /** A registry that is given a minute to come up. */
  public Registry registry() {
    return new RetryingRegistry(new HttpRegistry(connection.registryUrl()), REGISTRY_PATIENCE);
  }

  /**
   * A producer that loses and repeats nothing.
   *
   * @param pace whether records are sent as they fall due, each at once, or as many as possible, in
   *     large batches
   * @throws IOException if the file of client settings cannot be read
   */
  public Producer<byte[], byte[]> producer(Pace pace) throws IOException {
    return new KafkaProducer<>(
        producerSettings(pace), new ByteArraySerializer(), new ByteArraySerializer());
  }

  Properties producerSettings(Pace pace) throws IOException {
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
    if (pace == Pace.AS_DUE) {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    } else {
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
      settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
      settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
    }
    settings.putAll(connection.clientProperties());
    return settings;
  }

  /**
   * Looks whether topics are there: a producer would wait long for one that is not.
   *
   * @throws IllegalArgumentException that names those that are not
   * @throws PublishException if the brokers do not answer
   * @throws IOException if the file of client settings cannot be read
   */
  public void requireTopics(Collection<String> topics) throws IOException {
    List<String> missing = new ArrayList<>();
    try (Admin admin = Admin.create(connection.clientProperties())) {
      for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
        try {
          topic.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new PublishException(
                "Kafka at %s does not tell of topic %s: %s"
                    .formatted(connection.bootstrapServers(), topic.getKey(), e.getCause()),
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
              .formatted(connection.bootstrapServers(), String.join(", ", missing)));
    }
  }

  /** What a producer is tuned for. */
  public enum Pace {
    /** Latency. */
    AS_DUE,
    /** Throughput. */
    FLAT_OUT
  }
}
