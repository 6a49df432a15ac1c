package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.streams.records.DeadLetters;
import dev.millrace.schemas.streams.records.RecordPosition;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Forwards dead letters to a sink, and counts them.
 *
 * @param sink name of the sink
 */
record DeadLetterOutput(
    ProcessorContext<byte[], byte[]> context, InferenceMetrics metrics, String sink) {
  private static final DeadLetters DEAD_LETTERS = new DeadLetters(ProcessNames.INFERENCE);

  /** Forwards the dead letter of a record. */
  void deadLetter(
      RecordPosition position, Record<byte[], byte[]> record, RejectionCode code, String detail) {
    deadLetter(position, record, code, detail, List.of());
  }

  /**
   * Forwards the dead letter of a record.
   *
   * @param more headers with details of the reason
   */
  void deadLetter(
      RecordPosition position,
      Record<byte[], byte[]> record,
      RejectionCode code,
      String detail,
      List<Header> more) {
    metrics.deadLetter(code);
    context.forward(DEAD_LETTERS.of(position, record, code, detail, more), sink);
  }
}
