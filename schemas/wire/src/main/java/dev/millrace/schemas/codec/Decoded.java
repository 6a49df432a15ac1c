package dev.millrace.schemas.codec;

import org.apache.avro.generic.GenericRecord;

/** The result of decoding some bytes: a record, or the reason why they are rejected. */
public sealed interface Decoded {

  /** The record, in the reader's schema; strings are {@link String}, timestamps epoch numbers. */
  record Value(GenericRecord record) implements Decoded {}

  /**
   * The bytes are rejected.
   *
   * @param code the reason, which becomes a header of the dead letter
   * @param detail what is wrong and where, as a readable message
   */
  record Rejected(RejectionCode code, String detail) implements Decoded {}
}
