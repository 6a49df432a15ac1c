package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import org.apache.avro.Schema;

/** The state of the lookup of a schema id under a subject at one moment. */
sealed interface SchemaAnswer {
  /** The schema, registered under the subject. */
  record Accepted(Schema writer) implements SchemaAnswer {}

  /** The registry has answered the required number of times that there is no such schema. */
  record NotAccepted(Rejected reason) implements SchemaAnswer {}

  /** The registry has not answered, or has to be called again. */
  record Pending(String reason) implements SchemaAnswer {}
}
