package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.registry.Registry.Lookup;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Checks whether the schema of an id may be the writer schema of values of a subject. */
final class SubjectSchemaCheck {
  /**
   * Number of answers that an id is unknown, or belongs to another subject, after which values with
   * it are rejected: a replicated registry may answer so for a moment after a producer has
   * registered a schema, and a producer may register one a moment after its first record.
   */
  static final int TRIES = 3;

  private SubjectSchemaCheck() {}

  /** The result of checking one answer. */
  sealed interface SchemaCheck {
    record Accepted(Schema writer) implements SchemaCheck {}

    /**
     * @param mayChange whether a later answer of the registry may differ
     */
    record NotAccepted(Rejected reason, boolean mayChange) implements SchemaCheck {}
  }

  static SchemaCheck check(int id, Lookup answer, String subject) {
    if (!(answer instanceof Lookup.Found found)) {
      return notAccepted(
          RejectionCode.SCHEMA_UNKNOWN,
          "the registry does not know schema id %d: register the schema before its first record"
              .formatted(id),
          true);
    }
    if (!found.type().equals("AVRO")) {
      return notAccepted(
          RejectionCode.WRONG_FORMAT,
          "schema id %d is %s, expected AVRO".formatted(id, found.type()),
          false);
    }
    if (!found.subjects().contains(subject)) {
      return notAccepted(
          RejectionCode.SUBJECT_MISMATCH,
          "schema id %d belongs to %s, expected %s: register the schema under that subject"
              .formatted(id, found.subjects(), subject),
          true);
    }
    try {
      return new SchemaCheck.Accepted(new Schema.Parser().parse(found.schema()));
    } catch (AvroRuntimeException e) {
      return notAccepted(
          RejectionCode.DECODE,
          "schema id %d does not parse: %s".formatted(id, e.getMessage()),
          false);
    }
  }

  private static SchemaCheck notAccepted(RejectionCode code, String detail, boolean mayChange) {
    return new SchemaCheck.NotAccepted(new Rejected(code, detail), mayChange);
  }
}
