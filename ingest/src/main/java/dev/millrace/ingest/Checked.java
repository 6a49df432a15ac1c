package dev.millrace.ingest;

import dev.millrace.schemas.codec.RejectionCode;
import org.apache.avro.generic.GenericRecord;

/** What a producer's bytes turned out to be. */
sealed interface Checked {

  /**
   * An event that keeps its source's contract.
   *
   * @param event in the source's schema
   * @param id tells events apart
   * @param key as the clean topic is keyed and partitioned
   * @param timeMillis event time, epoch milliseconds
   */
  record Valid(GenericRecord event, String id, String key, long timeMillis) implements Checked {}

  /**
   * Bytes for the dead-letter topic.
   *
   * @param code the reason, for programs
   * @param detail what was wrong, where, and what was expected, for people
   */
  record Invalid(RejectionCode code, String detail) implements Checked {}
}
