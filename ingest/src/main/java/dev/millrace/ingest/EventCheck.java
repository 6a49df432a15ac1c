package dev.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.Checked.Invalid;
import dev.millrace.ingest.Checked.Valid;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one event can be judged by alone: its key, id, time and contract. The time is
 * checked before the contract, so that rules see sane times only. For one thread.
 */
final class EventCheck {
  /**
   * Of UTF-8, for an id and for a key. They go into every record, store and message about the event
   * that follows, a prediction holds both, and none of that may outgrow a record; keys in use, URLs
   * and digests included, are far shorter.
   */
  static final int LONGEST_BYTES = 1_024;

  private final Source source;
  private final TimeBounds bounds;
  private final Contract contract;

  EventCheck(Source source, InstantSource clock) {
    this.source = source;
    this.bounds = new TimeBounds(source.time(), source.maxAhead(), clock);
    this.contract = new Contract(source);
  }

  /** Judges a record by its decoded value. */
  Checked check(Decoded decoded) {
    if (decoded instanceof Decoded.Rejected rejected) {
      return new Invalid(rejected.code(), rejected.detail());
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
    Invalid problem = tooLong(RejectionCode.KEY_TOO_LONG, "key", source.key(), key.toString());
    if (problem == null) {
      problem = tooLong(RejectionCode.ID_TOO_LONG, "id", source.id(), id.toString());
    }
    if (problem == null) {
      problem = bounds.problem(time);
    }
    if (problem == null) {
      problem = contract.problem(event);
    }
    return problem != null
        ? problem
        : new Valid(event, id.toString(), key.toString(), time.toEpochMilli());
  }

  private Invalid missing(RejectionCode code, String role, String field) {
    return new Invalid(
        code,
        "field %s is null, but it is the %s of source %s: fill it in"
            .formatted(field, role, source.name()));
  }

  private @Nullable Invalid tooLong(RejectionCode code, String role, String field, String text) {
    int length = text.getBytes(UTF_8).length;
    return length <= LONGEST_BYTES
        ? null
        : new Invalid(
            code,
            "field %s has %d bytes, but as the %s of source %s it may have %d: send a shorter one, such as a digest of it"
                .formatted(field, length, role, source.name(), LONGEST_BYTES));
  }
}
