package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.policy.WaitPolicy.VectorUse;
import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.inference.rows.VectorRows;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.streams.records.RecordPosition;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads the vectors: gives each to its event, and offers the parts that are rows of the event's own
 * entity to their stores.
 */
record VectorReader(
    RecordDecoder decoder,
    List<VectorRows> ownRows,
    EventVectorJoin waiting,
    DeadLetterOutput output,
    InferenceMetrics metrics)
    implements InputReader {

  @Override
  public void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (record.key() == null) {
      output.deadLetter(position, record, RejectionCode.KEY_MISSING, "the vector has no key");
      return;
    }
    GenericRecord decoded = decoder.decode(record, position);
    if (decoded != null) {
      FeatureVector vector = FeatureVector.of(decoded);
      ownRows.forEach(rows -> rows.offer(record.key(), vector));
      if (waiting.addVector(vector, record.value(), nowMillis) == VectorUse.REPEATED) {
        metrics.repeatedVector();
      }
    }
  }
}
