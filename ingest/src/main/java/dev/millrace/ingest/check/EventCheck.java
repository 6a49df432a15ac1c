package dev.millrace.ingest.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.check.CheckedEvent.Rejected;
import dev.millrace.ingest.check.CheckedEvent.Valid;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.EventLimits;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks an event's key, id, time and contract, in this order, so that contract rules are evaluated
 * with valid times only. Not thread-safe.
 */
public final class EventCheck {
  private final Source source;
  private final List<String> entityFields;
  private final TimeBounds bounds;
  private final Contract contract;

  /**
   * @param entityFields fields that name entities of views
   * @param clock the wall clock that bounds event times
   */
  public EventCheck(Source source, List<String> entityFields, InstantSource clock) {
    this.source = source;
    this.entityFields = List.copyOf(entityFields);
    this.bounds = new TimeBounds("field " + source.time(), source.maxAhead(), clock);
    this.contract = new Contract(source);
  }

  /** Checks a decoded value; a value that could not be decoded stays rejected. */
  public CheckedEvent check(Decoded decoded) {
    if (decoded instanceof Decoded.Rejected rejected) {
      return new Rejected(rejected.code(), rejected.detail());
    }
    GenericRecord event = ((Decoded.Value) decoded).record();
    Object key = Fields.value(event, source.key());
    if (key == null) {
      return missing(RejectionCode.KEY_MISSING, "key", source.key());
    }
    Object id = Fields.value(event, source.id());
    if (id == null) {
      return missing(RejectionCode.ID_MISSING, "id", source.id());
    }
    Instant time = (Instant) Fields.value(event, source.time());
    if (time == null) {
      return missing(RejectionCode.TIMESTAMP_INVALID, "time", source.time());
    }
    Rejected rejection = tooLong(RejectionCode.KEY_TOO_LONG, "key", source.key(), key.toString());
    if (rejection == null) {
      rejection = tooLong(RejectionCode.ID_TOO_LONG, "id", source.id(), id.toString());
    }
    for (int i = 0; rejection == null && i < entityFields.size(); i++) {
      Object entity = Fields.value(event, entityFields.get(i));
      if (entity != null) {
        rejection =
            tooLong(RejectionCode.KEY_TOO_LONG, "entity", entityFields.get(i), entity.toString());
      }
    }
    if (rejection == null) {
      rejection = bounds.rejection(time);
    }
    if (rejection == null) {
      rejection = contract.rejection(event);
    }
    return rejection != null
        ? rejection
        : new Valid(event, id.toString(), key.toString(), time.toEpochMilli());
  }

  private Rejected missing(RejectionCode code, String role, String field) {
    return new Rejected(
        code,
        "field %s is null, but it is the %s of source %s: fill it in"
            .formatted(field, role, source.name()));
  }

  private @Nullable Rejected tooLong(RejectionCode code, String role, String field, String text) {
    int length = text.getBytes(UTF_8).length;
    return length <= EventLimits.MAX_ID_BYTES
        ? null
        : new Rejected(
            code,
            "field %s has %d bytes, but as the %s of source %s it may have %d: send a shorter one, such as a digest of it"
                .formatted(field, length, role, source.name(), EventLimits.MAX_ID_BYTES));
  }
}
