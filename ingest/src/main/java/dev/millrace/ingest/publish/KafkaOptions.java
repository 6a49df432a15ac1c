package dev.millrace.ingest.publish;

import dev.millrace.schemas.wire.HttpRegistry;
import dev.millrace.schemas.wire.PatientRegistry;
import dev.millrace.schemas.wire.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that sends events: where to, and with which client settings. */
public final class KafkaOptions {
  /** A registry that has just been started takes about 15 s. */
  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(60);

  /** Longer than any outage that is meant to be ridden out; the client's own default is 2 min. */
  private static final int DELIVERY_TIMEOUT_MILLIS = (int) Duration.ofMinutes(5).toMillis();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP_SERVERS:-localhost:9092}",
      description = "Kafka brokers (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String bootstrapServers;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY:-http://localhost:8081}",
      description = "Schema registry, Confluent API (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String registryUrl;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "Properties file with client settings, for TLS and SASL.")
  private @Nullable Path kafkaProperties;

  /** A registry that is given a minute to come up. */
  public Registry registry() {
    return new PatientRegistry(new HttpRegistry(registryUrl), REGISTRY_PATIENCE);
  }

  /**
   * A producer that loses and repeats nothing.
   *
   * @param pace whether records are sent as they fall due, each at once, or as many as possible, in
   *     large batches
   * @throws IOException if the file of client settings cannot be read
   */
  public Producer<byte[], byte[]> producer(Pace pace) throws IOException {
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
    settings.putAll(connection());
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
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
    try (Admin admin = Admin.create(connection())) {
      for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
        try {
          topic.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new PublishException(
                "Kafka at %s does not tell of topic %s: %s"
                    .formatted(bootstrapServers, topic.getKey(), e.getCause()),
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
              .formatted(bootstrapServers, String.join(", ", missing)));
    }
  }

  private Properties connection() throws IOException {
    Properties settings = new Properties();
    if (kafkaProperties != null) {
      try (InputStream in = Files.newInputStream(kafkaProperties)) {
        settings.load(in);
      }
    }
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return settings;
  }

  /** What a producer is tuned for. */
  public enum Pace {
    /** Latency. */
    AS_DUE,
    /** Throughput. */
    FLAT_OUT
  }
}
