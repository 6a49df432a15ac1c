package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import dev.millrace.schemas.registry.Registry.Lookup;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Judges whether what a registry holds under an id may have written a subject's values. */
final class WriterSchemas {
  /**
   * How often the registry must say that an id is unknown, or another subject's, before values with
   * it are rejected: a replicated registry may say so for a moment after a producer has registered,
   * and a producer may register a moment after it has sent.
   */
  static final int TRIES = 3;

  private WriterSchemas() {}

  /** The judgement of one answer. */
  sealed interface Judged {
    record Usable(Schema writer) implements Judged {}

    /**
     * @param mayChange whether the registry may answer otherwise later
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
