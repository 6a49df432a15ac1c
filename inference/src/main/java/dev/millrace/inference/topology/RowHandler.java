package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.policy.WaitPolicy.RowUse;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.Row;
import dev.millrace.inference.waiting.EventRowJoin;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.streams.records.RecordPosition;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads the feature rows of a view that is keyed as the scored source: offers each row as the
 * newest of its entity, and gives rows of an awaited view to their events.
 *
 * @param view index of the view
 */
record RowHandler(
    int view,
    boolean isAwaited,
    RecordDecoder decoder,
    NewestRows newest,
    EventRowJoin waiting,
    PredictionOutput output,
    InferenceMetrics metrics) {

  void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (record.key() == null) {
      output.deadLetter(position, record, RejectionCode.KEY_MISSING, "the row has no key");
      return;
    }
    if (record.value() == null) {
      newest.remove(record.key(), Row.tombstoneTime(record.headers()));
      return;
    }
    GenericRecord decoded = decoder.decode(record, position);
    if (decoded != null) {
      Row row = Row.of(decoded);
      newest.offer(record.key(), row, record.value());
      if (isAwaited && !Row.isOfLateEvent(record.headers())) {
        give(row, record.value(), position.partition(), nowMillis);
      }
    }
  }

  private void give(Row row, byte[] value, int partition, long nowMillis) {
    if (row.partition() != partition) {
      metrics.strayRow();
    } else if (waiting.addRow(view, row, value, nowMillis) == RowUse.REPEATED) {
      metrics.repeatedRow();
    }
  }
}
