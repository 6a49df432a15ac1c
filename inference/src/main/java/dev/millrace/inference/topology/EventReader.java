package dev.millrace.inference.topology;

import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Progress;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the clean topic: events and progress. */
record EventReader(
    RecordDecoder decoder, EventFields fields, EventVectorJoin waiting, ProgressRelay progress)
    implements InputReader {

  @Override
  public void read(Record<byte[], byte[]> record, RecordPosition position, long nowMillis) {
    if (!waiting.advanceTo(position.offset())) {
      return;
    }
    if (Progress.isProgress(record.value(), record.headers())) {
      progress.read(record.headers(), nowMillis);
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
              new WaitStart(nowMillis, nowMillis)),
          nowMillis);
    }
  }
}
