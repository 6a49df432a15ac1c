package dev.millrace.ingest;

import dev.millrace.schemas.codec.Decoded;
import java.util.OptionalLong;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * A record that has been decoded, at once or after it was parked.
 *
 * @param record as it came
 * @param metadata where it stood; for a parked record Streams does not know it any more
 * @param clockWhenParkedMillis the event clock when the record was parked, by which it is judged
 *     whether it is late; empty where the record was not parked
 */
record Arrival(
    Record<byte[], byte[]> record,
    RecordMetadata metadata,
    Decoded decoded,
    OptionalLong clockWhenParkedMillis) {

  static Arrival direct(Record<byte[], byte[]> record, RecordMetadata metadata, Decoded decoded) {
    return new Arrival(record, metadata, decoded, OptionalLong.empty());
  }

  static Arrival released(ParkedRecord parked, Decoded decoded) {
    return new Arrival(
        parked.record(), parked.position(), decoded, OptionalLong.of(parked.clockMillis()));
  }
}
