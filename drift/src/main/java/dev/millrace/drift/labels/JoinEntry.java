package dev.millrace.drift.labels;

import org.apache.avro.generic.GenericRecord;

/** What the join keeps of an event id: a prediction or a label that waits, or the decision. */
public sealed interface JoinEntry permits JoinEntry.Waiting, Label, DecidedEvent {
  /**
   * A prediction that waits for its label.
   *
   * @param prediction the whole record, for the outcome
   */
  record Waiting(GenericRecord prediction) implements JoinEntry {}
}
