package dev.millrace.ingest.check;

import dev.millrace.schemas.codec.RejectionCode;
import org.apache.avro.generic.GenericRecord;

/** The result of checking one decoded value: a valid event, or a rejection. */
public sealed interface CheckedEvent {

  /**
   * An event that keeps its source's contract.
   *
   * @param event in the source's schema
   * @param id identifies the event
   * @param key the clean topic is keyed and partitioned by it
   * @param timeMillis event time, epoch milliseconds
   */
  record Valid(GenericRecord event, String id, String key, long timeMillis)
      implements CheckedEvent {}

  /**
   * The value is rejected; its record becomes a dead letter.
   *
   * @param code the reason, for programs
   * @param detail what was wrong, where, and what was expected, for people
   */
  record Rejected(RejectionCode code, String detail) implements CheckedEvent {}
}
