package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends records one after the other and counts what the broker has acknowledged. The records' time
 * is the wall clock's at sending: the time of publication. For one thread.
 */
public final class Publisher implements AutoCloseable {
  private record Failure(String topic, Exception cause) {}

  private final Producer<byte[], byte[]> producer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  /** Closes the producer when it is closed itself. */
  public Publisher(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Learns where a topic's partitions are, which the first record would otherwise wait for. */
  public void prepare(String topic) {
    int unused = producer.partitionsFor(topic).size();
  }

  /**
   * Hands a record to the producer; blocks while its buffer is full.
   *
   * @throws PublishException if an earlier record could not be sent, or this one cannot
   */
  public void send(String topic, @Nullable String key, byte[] value) {
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

  /**
   * Waits until the broker has taken everything sent so far.
   *
   * @throws PublishException if it has not
   */
  public void flush() {
    producer.flush();
    failIfAnyFailed();
  }

  /** Records that the broker has stored for good. */
  public long acknowledged() {
    return acknowledged.get();
  }

  private void failIfAnyFailed() {
    Failure first = failure.get();
    if (first != null) {
      throw new PublishException(
          "a record for topic %s was not taken by the broker: %s"
              .formatted(first.topic(), first.cause().getMessage()),
          first.cause());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
