package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.RepartitionMetrics;
import dev.millrace.inference.repartition.Answer;
import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.schemas.streams.records.RecordPosition;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;

/** Reads answers and gives each to the event that waits for it. */
record AnswerReader(
    RecordDecoder decoder,
    EventVectorJoin waiting,
    RepartitionedRows rows,
    RepartitionMetrics metrics)
    implements InputReader {

  @Override
  public void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    GenericRecord decoded = decoder.decode(record, position);
    if (decoded == null) {
      return;
    }
    Answer answer = Answer.of(decoded);
    boolean used =
        waiting.give(answer.question().offset(), event -> rows.take(event, answer), nowMillis);
    metrics.answered(used, nowMillis - answer.question().askedAtMillis());
  }
}
