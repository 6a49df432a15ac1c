package dev.millrace.ingest.topology;

import dev.millrace.ingest.parked.RecordPosition;
import org.jspecify.annotations.Nullable;

/**
 * A record's position in the producers' topic, where it arrived, and its key there. Dead letters
 * name it, and it distinguishes a record that is read again from a duplicate.
 *
 * @param partition the arrival partition
 * @param key as the producer sent it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record ArrivalPosition(String topic, int partition, long offset, byte @Nullable [] key) {

  /** The position of a record that was read from the producers' topic. */
  static ArrivalPosition of(RecordPosition position, byte @Nullable [] key) {
    return new ArrivalPosition(position.topic(), position.partition(), position.offset(), key);
  }
}
