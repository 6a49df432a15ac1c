package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.codec.Decoded;
import java.io.Serializable;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Checks a record beyond its schema. */
public interface RecordCheck extends Serializable {
  /** Accepts every record. */
  RecordCheck NONE = record -> null;

  /** The reason to reject a record; null for a record that is accepted. */
  Decoded.@Nullable Rejected check(GenericRecord record);
}
