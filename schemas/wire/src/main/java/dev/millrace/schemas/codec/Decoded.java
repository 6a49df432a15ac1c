package dev.millrace.schemas.codec;

import org.apache.avro.generic.GenericRecord;

/** What became of some bytes: a record, or the reason why there is none. */
public sealed interface Decoded {

  /** The record, in the reader's schema; strings are {@link String}, timestamps epoch numbers. */
  record Value(GenericRecord record) implements Decoded {}

  /**
   * Malformed data.
   *
   * @param code the reason, as consumers of dead letters see it
   * @param detail what was wrong and where, for people
   */
  record Rejected(RejectionCode code, String detail) implements Decoded {}
}
