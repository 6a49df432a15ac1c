package dev.millrace.ingest;

import dev.millrace.ingest.Checked.Invalid;
import dev.millrace.ingest.Checked.Valid;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.wire.AvroDecoder;
import dev.millrace.schemas.wire.Decoded;
import dev.millrace.schemas.wire.Rejection;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one event can be judged by alone: its bytes, key, id, time and contract. The time
 * is checked before the contract, so that rules see sane times only. For one thread.
 */
final class EventCheck {
  private final Source source;
  private final AvroDecoder decoder;
  private final TimeBounds bounds;
  private final Contract contract;

  EventCheck(Source source, AvroDecoder decoder, InstantSource clock) {
    this.source = source;
    this.decoder = decoder;
    this.bounds = new TimeBounds(source.time(), source.maxAhead(), clock);
    this.contract = new Contract(source);
  }

  /**
   * Judges a record's value.
   *
   * @throws dev.millrace.schemas.wire.RegistryUnavailable if that takes a schema that cannot be
   *     fetched now
   */
  Checked check(byte @Nullable [] value) {
    Decoded decoded = decoder.decode(value);
    if (decoded instanceof Decoded.Rejected rejected) {
      return new Invalid(rejected.code(), rejected.detail());
    }
    GenericRecord event = ((Decoded.Value) decoded).record();
    Object key = Fields.value(event, source.key());
    if (key == null) {
      return missing(Rejection.KEY_MISSING, "key", source.key());
    }
    Object id = Fields.value(event, source.id());
    if (id == null) {
      return missing(Rejection.ID_MISSING, "id", source.id());
    }
    Instant time = (Instant) Fields.value(event, source.time());
    if (time == null) {
      return missing(Rejection.TIMESTAMP_INVALID, "time", source.time());
    }
    Invalid problem = bounds.problem(time);
    if (problem == null) {
      problem = contract.problem(event);
    }
    return problem != null
        ? problem
        : new Valid(event, id.toString(), key.toString(), time.toEpochMilli());
  }

  private Invalid missing(Rejection code, String role, String field) {
    return new Invalid(
        code,
        "field %s is null, but it is the %s of source %s: fill it in"
            .formatted(field, role, source.name()));
  }
}
