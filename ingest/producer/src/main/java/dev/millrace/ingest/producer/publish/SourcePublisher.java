package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Publishes events to the topic of one source, and counts them. Not thread-safe. */
public final class SourcePublisher {
  private final Source source;
  private final AvroEncoder encoder;
  private final PublishedEventCheck check;
  private final EventPublisher publisher;
  private long sent;

  /** Registers the source's schema. */
  SourcePublisher(Source source, Registry registry, EventPublisher publisher, InstantSource clock) {
    this.source = source;
    this.encoder = AvroEncoder.forTopic(registry, source.topic(), source.schema());
    this.check = new PublishedEventCheck(source, clock);
    this.publisher = publisher;
  }

  public Source source() {
    return source;
  }

  /**
   * Publishes an event, keyed by the source's key field.
   *
   * @param event in the source's schema
   * @throws IllegalArgumentException if the event is of another schema, or its id, key or time is
   *     one that ingest would reject; the event was not sent, and others can be
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publish(GenericRecord event) {
    publish(event, Map.of());
  }

  /**
   * Publishes an event with headers, such as the context of a trace, the attributes of a CloudEvent
   * or {@link WireHeaders#PRODUCER}, the name of this producer.
   *
   * @param headers by name
   * @throws IllegalArgumentException as {@link #publish(GenericRecord)}, or if only Millrace writes
   *     a header of one of the names
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publish(GenericRecord event, Map<String, String> headers) {
    String key = check.key(event);
    Headers sentHeaders = new RecordHeaders();
    headers.forEach(
        (name, text) -> {
          if (WireHeaders.isReserved(name)) {
            throw new IllegalArgumentException(
                "header %s is reserved: choose a name that does not begin with millrace. or __streams."
                    .formatted(name));
          }
          sentHeaders.add(name, text.getBytes(UTF_8));
        });
    publisher.send(source.topic(), key, encode(event), sentHeaders);
    sent++;
  }

  /**
   * Publishes bytes as they are, without a check.
   *
   * @throws PublishException if this or an earlier record cannot be sent
   */
  public void publish(String key, byte[] value) {
    publisher.send(source.topic(), key, value, new RecordHeaders());
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

  /**
   * An event in the wire format.
   *
   * @throws IllegalArgumentException if a field has no value or one of a wrong type
   */
  public byte[] encode(GenericRecord event) {
    try {
      return encoder.encode(event);
    } catch (AvroRuntimeException | ClassCastException | NullPointerException e) {
      // Avro's writer throws these, depending on the field, and names the field in the message.
      throw new IllegalArgumentException(
          "the event does not fit the schema of source %s: %s"
              .formatted(source.name(), e.getMessage()),
          e);
    }
  }

  /** The number of records published, acknowledged or not. */
  public long sent() {
    return sent;
  }
}
