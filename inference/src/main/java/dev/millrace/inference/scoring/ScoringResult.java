package dev.millrace.inference.scoring;

import dev.millrace.inference.waiting.CleanEvent;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;

/** The result of scoring an event. */
public sealed interface ScoringResult {
  CleanEvent event();

  /**
   * A prediction.
   *
   * @param prediction in the schema of the predictions topic
   */
  record Predicted(CleanEvent event, GenericRecord prediction) implements ScoringResult {}

  /**
   * The rejection of an event for which the model gives no valid score.
   *
   * @param detail the reason
   * @param inputs of the model, see {@link InputsHeader}
   */
  record Rejected(CleanEvent event, String detail, Header inputs) implements ScoringResult {}
}
