package dev.millrace.features.source;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.flink.source.RecordCheck;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Requires that an event has an id and a time. Ingest rejects events without them; a clean topic
 * with other writers may contain them.
 */
public record EventCheck(String idField, String timeField) implements RecordCheck {
  private static final long serialVersionUID = 1L;

  public static EventCheck of(Source source) {
    return new EventCheck(source.id(), source.time());
  }

  @Override
  public @Nullable Rejected check(GenericRecord event) {
    if (Fields.value(event, idField) == null) {
      return new Rejected(RejectionCode.ID_MISSING, "field " + idField + " is null");
    }
    if (!(Fields.value(event, timeField) instanceof Instant)) {
      return new Rejected(
          RejectionCode.TIMESTAMP_INVALID, "field " + timeField + " is not a timestamp");
    }
    return null;
  }
}
