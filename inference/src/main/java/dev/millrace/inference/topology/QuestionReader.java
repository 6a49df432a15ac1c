package dev.millrace.inference.topology;

import dev.millrace.inference.repartition.Answer;
import dev.millrace.inference.repartition.Question;
import dev.millrace.inference.repartition.RowAnswerer;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads questions and forwards their answers. */
record QuestionReader(
    RecordDecoder decoder,
    RowAnswerer answerer,
    AvroEncoder encoder,
    ProcessorContext<byte[], byte[]> context,
    DeadLetterOutput output)
    implements InputReader {
  private static final Logger log = LoggerFactory.getLogger(QuestionReader.class);

  @Override
  public void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (record.key() == null) {
      output.deadLetter(
          position, record, RejectionCode.KEY_MISSING, "the question has no key, the entity");
      return;
    }
    GenericRecord decoded = decoder.decode(record, position);
    Answer answer = decoded == null ? null : answerer.answer(record.key(), Question.of(decoded));
    if (answer != null) {
      forward(answer);
    }
  }

  /** Without an answer that is too large, the event is scored when it no longer waits. */
  private void forward(Answer answer) {
    Record<byte[], byte[]> record =
        QuestionOutput.record(answer.key(), encoder.encode(answer.toAvro()), answer.question());
    if (StreamsRecordSize.fits(record)) {
      context.forward(record, NodeName.ANSWERS_OUT);
    } else {
      log.warn("A row of {} is too large for an answer", answer.question().rows());
    }
  }
}
