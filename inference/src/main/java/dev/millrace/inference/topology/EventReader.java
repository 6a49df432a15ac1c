package dev.millrace.inference.topology;

import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.rows.Row;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventRowJoin;
import dev.millrace.schemas.streams.records.RecordPosition;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of the clean topic.
 *
 * @param viewCount the number of views of the pipeline
 */
record EventReader(RecordDecoder decoder, EventFields fields, int viewCount, EventRowJoin waiting) {

  void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (!waiting.advanceTo(position.offset())) {
      return;
    }
    GenericRecord event = decoder.decode(record, position);
    if (event != null) {
      waiting.add(
          new CleanEvent(
              position.offset(),
              record.timestamp(),
              record.key() != null ? record.key() : fields.key(event),
              record.value(),
              record.headers(),
              event,
              new WaitStart(nowMillis, nowMillis),
              new @Nullable Row[viewCount]),
          nowMillis);
    }
  }
}
