package dev.millrace.inference.waiting;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads id, key and entities of a scored event from its fields. */
public record EventFields(Source scored) {
  public String id(GenericRecord event) {
    return String.valueOf(text(event, scored.id()));
  }

  /** The key of the event's record in the clean topic. */
  public byte[] key(GenericRecord event) {
    return String.valueOf(text(event, scored.key())).getBytes(UTF_8);
  }

  /** A field as text, as keys and slices contain it. */
  public static @Nullable String text(GenericRecord event, String field) {
    Object value = Fields.value(event, field);
    return value == null ? null : value.toString();
  }
}
