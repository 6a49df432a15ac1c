package dev.millrace.ingest.parked;

import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.streams.records.RecordPosition;
import java.util.OptionalLong;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A record that has been decoded, at once or after it was parked.
 *
 * @param record as it was read
 * @param position where it was read
 * @param clockWhenParkedMillis the event clock when the record was parked, by which lateness is
 *     judged; empty if it was not parked
 */
public record DecodedRecord(
    Record<byte[], byte[]> record,
    RecordPosition position,
    Decoded decoded,
    OptionalLong clockWhenParkedMillis) {

  static DecodedRecord direct(
      Record<byte[], byte[]> record, RecordPosition position, Decoded decoded) {
    return new DecodedRecord(record, position, decoded, OptionalLong.empty());
  }

  static DecodedRecord released(ParkedRecord parked, Decoded decoded) {
    return new DecodedRecord(
        parked.record(), parked.position(), decoded, OptionalLong.of(parked.clockMillis()));
  }
}
