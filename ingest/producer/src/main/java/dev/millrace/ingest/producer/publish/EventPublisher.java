package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events to the topics of a pipeline's sources: Avro in the Confluent wire format, keyed
 * by the source's key field, without loss or repetition. Counts the records that the broker has
 * acknowledged. The records' timestamp is the wall clock's at sending. Not thread-safe.
 *
 * <p>Records are sent in the background: {@link #flush} and {@link #close} wait for their
 * acknowledgement. After a record that the brokers did not accept, nothing is sent any more, so
 * that the events that arrived are the first ones, without a gap.
 *
 * <pre>{@code
 * Source source = pipeline.source("payments");
 * try (EventPublisher publisher =
 *     EventPublisher.connect(cluster, List.of(source), ProducerTuning.LATENCY)) {
 *   SourcePublisher payments = publisher.source(source);
 *   payments.publish(payment);
 * }
 * }</pre>
 */
public final class EventPublisher implements AutoCloseable {
  private record Failure(String topic, Exception cause) {}

  private final Producer<byte[], byte[]> producer;
  private final Registry registry;
  private final InstantSource clock;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
  private boolean reported;

  /** A publisher with existing clients; {@link #close} closes the producer. */
  public EventPublisher(Producer<byte[], byte[]> producer, Registry registry) {
    this(producer, registry, InstantSource.system());
  }

  /** For tests with their own clock. */
  EventPublisher(Producer<byte[], byte[]> producer, Registry registry, InstantSource clock) {
    this.producer = producer;
    this.registry = registry;
    this.clock = clock;
  }

  /**
   * Connects to a cluster.
   *
   * @param sources to whose topics events will be published
   * @throws IllegalArgumentException that names the topics that do not exist
   * @throws PublishException if the brokers do not answer
   */
  public static EventPublisher connect(
      Cluster cluster, Collection<Source> sources, ProducerTuning tuning) {
    ProducerClients clients = new ProducerClients(cluster);
    List<String> topics = sources.stream().map(Source::topic).distinct().toList();
    clients.requireTopics(topics);
    Producer<byte[], byte[]> producer = clients.producer(tuning);
    try {
      // Loads the metadata, so that the first record does not wait for it.
      topics.forEach(producer::partitionsFor);
      return new EventPublisher(producer, clients.registry());
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new PublishException(
          "Kafka at %s did not describe the topics %s: %s"
              .formatted(cluster.bootstrapServers(), String.join(", ", topics), e.getMessage()),
          e);
    }
  }

  /**
   * A publisher for one source. Registers the source's schema under the topic's subject, or finds
   * it there.
   *
   * @throws IllegalStateException if the registry rejects the source's schema
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   *     within a minute
   */
  public SourcePublisher source(Source source) {
    return new SourcePublisher(source, registry, this, clock);
  }

  /**
   * Passes a record to the producer; blocks while its buffer is full.
   *
   * @throws PublishException if an earlier record could not be sent, or this one cannot
   */
  void send(String topic, @Nullable String key, byte[] value, Headers headers) {
    failIfAnyFailed();
    byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, keyBytes, value, headers);
    try {
      var unused =
          producer.send(
              record,
              (metadata, problem) -> {
                if (problem == null) {
                  acknowledged.incrementAndGet();
                } else {
                  failure.compareAndSet(null, new Failure(topic, problem));
                }
              });
    } catch (KafkaException e) {
      failure.compareAndSet(null, new Failure(topic, e));
    }
    // The producer tells some failures at once, such as a record that is too large.
    failIfAnyFailed();
  }

  /** Sends a progress record to each partition of a topic. */
  void sendProgress(String topic, long timeMillis) {
    failIfAnyFailed();
    for (PartitionInfo partition : producer.partitionsFor(topic)) {
      ProducerRecord<byte[], byte[]> progress =
          new ProducerRecord<>(topic, partition.partition(), null, null);
      WireHeaders.put(progress.headers(), WireHeaders.PROGRESS, timeMillis);
      var unused =
          producer.send(
              progress,
              (metadata, problem) -> {
                if (problem != null) {
                  failure.compareAndSet(null, new Failure(topic, problem));
                }
              });
    }
  }

  /**
   * Waits until the broker has acknowledged everything sent so far.
   *
   * @throws PublishException if it has not
   */
  public void flush() {
    producer.flush();
    failIfAnyFailed();
  }

  /** The number of records that the broker has acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  private void failIfAnyFailed() {
    Failure first = failure.get();
    if (first != null) {
      reported = true;
      throw new PublishException(
          "the broker did not accept a record for topic %s: %s"
              .formatted(first.topic(), first.cause().getMessage()),
          first.cause());
    }
  }

  /**
   * Waits until the brokers have acknowledged everything sent so far, at most for the delivery
   * timeout of 5 min, and closes the producer.
   *
   * @throws PublishException if they have not, and no earlier call has thrown that
   */
  @Override
  public void close() {
    producer.close();
    if (!reported) {
      failIfAnyFailed();
    }
  }
}
