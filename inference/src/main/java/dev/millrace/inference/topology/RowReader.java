package dev.millrace.inference.topology;

import dev.millrace.inference.rows.EntityRow;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.streams.records.RecordPosition;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;

/** Reads a partition of the feature topic of a view into its store. */
record RowReader(RecordDecoder decoder, NewestRows newest, DeadLetterOutput output)
    implements InputReader {

  @Override
  public void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (record.key() == null) {
      output.deadLetter(position, record, RejectionCode.KEY_MISSING, "the row has no key");
      return;
    }
    if (record.value() == null) {
      newest.remove(record.key(), EntityRow.tombstoneTime(record.headers()));
      return;
    }
    GenericRecord decoded = decoder.decode(record, position);
    if (decoded != null) {
      EntityRow row = EntityRow.of(decoded);
      newest.offer(record.key(), row.asOfMillis(), row.sequence(), record.value());
    }
  }
}
