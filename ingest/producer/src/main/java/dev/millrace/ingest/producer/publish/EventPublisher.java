package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events to the topics of a pipeline's sources: Avro in the Confluent wire format, keyed
 * by the source's key field, without loss or repetition. Counts the records that the broker has
 * acknowledged. The records' timestamp is the wall clock's at sending. Not thread-safe.
 *
 * <pre>{@code
 * Source source = pipeline.source("payments");
 * try (EventPublisher publisher =
 *     EventPublisher.connect(cluster, List.of(source), ProducerTuning.LATENCY)) {
 *   SourcePublisher payments = publisher.source(source);
 *   payments.publish(payment);
 *   publisher.flush();
 * }
 * }</pre>
 */
public final class EventPublisher implements AutoCloseable {
  private record Failure(String topic, Exception cause) {}

  private final Producer<byte[], byte[]> producer;
  private final Registry registry;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  /** A publisher with existing clients; {@link #close} closes the producer. */
  public EventPublisher(Producer<byte[], byte[]> producer, Registry registry) {
    this.producer = producer;
    this.registry = registry;
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
    EventPublisher publisher = new EventPublisher(clients.producer(tuning), clients.registry());
    topics.forEach(publisher::loadPartitions);
    return publisher;
  }

  /** Loads a topic's metadata, so that the first record does not wait for it. */
  private void loadPartitions(String topic) {
    int unused = producer.partitionsFor(topic).size();
  }

  /**
   * A publisher for one source.
   *
   * @throws IllegalStateException if the registry rejects the source's schema
   */
  public SourcePublisher source(Source source) {
    return new SourcePublisher(source, registry, this);
  }

  /**
   * Passes a record to the producer; blocks while its buffer is full.
   *
   * @throws PublishException if an earlier record could not be sent, or this one cannot
   */
  void send(String topic, @Nullable String key, byte[] value) {
    failIfAnyFailed();
    byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
    var unused =
        producer.send(
            new ProducerRecord<>(topic, keyBytes, value),
            (metadata, problem) -> {
              if (problem == null) {
                acknowledged.incrementAndGet();
              } else {
                failure.compareAndSet(null, new Failure(topic, problem));
              }
            });
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
      throw new PublishException(
          "the broker did not accept a record for topic %s: %s"
              .formatted(first.topic(), first.cause().getMessage()),
          first.cause());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
