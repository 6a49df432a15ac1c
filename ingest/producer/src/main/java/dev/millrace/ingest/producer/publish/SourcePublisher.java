package dev.millrace.ingest.producer.publish;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;

/** Publishes events to the topic of one source, and counts them. Not thread-safe. */
public final class SourcePublisher {
  private final Source source;
  private final AvroEncoder encoder;
  private final EventPublisher publisher;
  private long sent;

  /** Registers the source's schema. */
  SourcePublisher(Source source, Registry registry, EventPublisher publisher) {
    this.source = source;
    this.encoder = AvroEncoder.forTopic(registry, source.topic(), source.schema());
    this.publisher = publisher;
  }

  public Source source() {
    return source;
  }

  /**
   * Publishes an event, keyed by the source's key field.
   *
   * @param event in the source's schema
   * @throws IllegalArgumentException if the key field is null
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publish(GenericRecord event) {
    Object key = Fields.value(event, source.key());
    if (key == null) {
      throw new IllegalArgumentException(
          "field %s is null, but it is the key of source %s"
              .formatted(source.key(), source.name()));
    }
    publish(key.toString(), encode(event));
  }

  /**
   * Publishes bytes as they are.
   *
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publish(String key, byte[] value) {
    publisher.send(source.topic(), key, value);
    sent++;
  }

  /**
   * Tells ingest that all events before a time were published to the source's topic: the source's
   * progress is at least that time, and an event before it will be late. Only for a topic without
   * another producer.
   *
   * @param time event time
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publishProgress(Instant time) {
    publisher.sendProgress(source.topic(), time.toEpochMilli());
  }

  /** An event in the wire format. */
  public byte[] encode(GenericRecord event) {
    return encoder.encode(event);
  }

  /** The number of records published, acknowledged or not. */
  public long sent() {
    return sent;
  }
}
