package dev.millrace.ingest.topology;

import dev.millrace.schemas.streams.records.RecordPosition;
import org.jspecify.annotations.Nullable;

/**
 * A record's position in the producers' topic, where it arrived, and its key there. Dead letters
 * name it, and it distinguishes a record that is read again from a duplicate.
 *
 * @param record the position, whose partition is the arrival partition
 * @param key as the producer sent it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record ArrivalPosition(RecordPosition record, byte @Nullable [] key) {

  /** The arrival partition. */
  int partition() {
    return record.partition();
  }

  long offset() {
    return record.offset();
  }
}
