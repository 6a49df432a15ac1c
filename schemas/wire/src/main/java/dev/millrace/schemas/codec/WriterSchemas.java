package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.registry.Registry.Lookup;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Checks whether the schema of an id may be the writer schema of values of a subject. */
final class WriterSchemas {
  /**
   * Number of answers that an id is unknown, or belongs to another subject, after which values with
   * it are rejected: a replicated registry may answer so for a moment after a producer has
   * registered a schema, and a producer may register one a moment after its first record.
   */
  static final int TRIES = 3;

  private WriterSchemas() {}

  /** The result of checking one answer. */
  sealed interface Judged {
    record Usable(Schema writer) implements Judged {}

    /**
     * @param mayChange whether a later answer of the registry may differ
     */
    record Unusable(Rejected reason, boolean mayChange) implements Judged {}
  }

  static Judged judge(int id, Lookup answer, String subject) {
    if (!(answer instanceof Lookup.Found found)) {
      return unusable(
          RejectionCode.SCHEMA_UNKNOWN,
          "the registry does not know schema id %d: register the schema before its first record"
              .formatted(id),
          true);
    }
    if (!found.type().equals("AVRO")) {
      return unusable(
          RejectionCode.WRONG_FORMAT,
          "schema id %d is %s, expected AVRO".formatted(id, found.type()),
          false);
    }
    if (!found.subjects().contains(subject)) {
      return unusable(
          RejectionCode.SUBJECT_MISMATCH,
          "schema id %d belongs to %s, expected %s: register the schema under that subject"
              .formatted(id, found.subjects(), subject),
          true);
    }
    try {
      return new Judged.Usable(new Schema.Parser().parse(found.schema()));
    } catch (AvroRuntimeException e) {
      return unusable(
          RejectionCode.DECODE,
          "schema id %d does not parse: %s".formatted(id, e.getMessage()),
          false);
    }
  }

  private static Judged unusable(RejectionCode code, String detail, boolean mayChange) {
    return new Judged.Unusable(new Rejected(code, detail), mayChange);
  }
}
