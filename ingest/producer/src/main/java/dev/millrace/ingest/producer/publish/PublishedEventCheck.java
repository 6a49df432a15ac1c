package dev.millrace.ingest.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.EventLimits;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.avro.generic.GenericRecord;

/**
 * Checks an event's schema, key, id and time before it is published, so that a producer gets an
 * exception where ingest would write a dead letter. The rules of the contract are checked by ingest
 * only.
 */
final class PublishedEventCheck {
  private final Source source;
  private final InstantSource clock;

  /**
   * @param clock the wall clock that bounds event times
   */
  PublishedEventCheck(Source source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * The event's key.
   *
   * @throws IllegalArgumentException if ingest would reject the event
   */
  String key(GenericRecord event) {
    if (!event.getSchema().equals(source.schema())) {
      throw new IllegalArgumentException(
          "the event has the schema %s, but source %s has another one (%s): build it with source.schema()"
              .formatted(
                  event.getSchema().getFullName(), source.name(), source.schema().getFullName()));
    }
    requireText(event, "id", source.id());
    requireTime((Instant) required(event, "time", source.time()));
    return requireText(event, "key", source.key());
  }

  private String requireText(GenericRecord event, String role, String field) {
    String text = required(event, role, field).toString();
    int length = text.getBytes(UTF_8).length;
    if (length > EventLimits.MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "field %s has %d bytes, but as the %s of source %s it may have %d: send a shorter one, such as a digest of it"
              .formatted(field, length, role, source.name(), EventLimits.MAX_ID_BYTES));
    }
    return text;
  }

  private Object required(GenericRecord event, String role, String field) {
    Object value = Fields.value(event, field);
    if (value == null) {
      throw new IllegalArgumentException(
          "field %s is null, but it is the %s of source %s".formatted(field, role, source.name()));
    }
    return value;
  }

  private void requireTime(Instant time) {
    if (!EventLimits.isTime(time)) {
      throw new IllegalArgumentException(
          "field %s is %d ms since 1970 (%s), not between %s and %s: check its unit"
              .formatted(
                  source.time(),
                  time.toEpochMilli(),
                  time,
                  EventLimits.EARLIEST,
                  EventLimits.LATEST));
    }
    Duration ahead = Duration.between(clock.instant(), time);
    if (ahead.compareTo(source.maxAhead()) > 0) {
      throw new IllegalArgumentException(
          "field %s is %s, %s ahead of the clock, but source %s allows at most %s: check both clocks"
              .formatted(
                  source.time(),
                  time,
                  Durations.format(ahead),
                  source.name(),
                  Durations.format(source.maxAhead())));
    }
  }
}
