package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.RepartitionMetrics;
import dev.millrace.inference.repartition.Question;
import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Forwards questions to their sink. A question is shorter than its event, of which it repeats id
 * and entity.
 */
record QuestionOutput(
    AvroEncoder encoder, ProcessorContext<byte[], byte[]> context, RepartitionMetrics metrics)
    implements RepartitionedRows.Sender {

  @Override
  public void send(byte[] entity, Question question) {
    context.forward(
        record(entity, encoder.encode(question.toAvro()), question), NodeName.QUESTIONS_OUT);
    metrics.asked(question.lookup());
  }

  /** The record of a question or its answer, with the time of the event. */
  static Record<byte[], byte[]> record(byte[] key, byte[] value, Question question) {
    RecordHeaders headers = new RecordHeaders();
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, question.timeMillis());
    return new Record<>(key, value, Math.max(0, question.timeMillis()), headers);
  }
}
