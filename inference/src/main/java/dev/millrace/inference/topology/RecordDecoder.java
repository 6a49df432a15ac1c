package dev.millrace.inference.topology;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.RecordSize;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.streams.records.StreamsRecordSize;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Decodes records; a record that cannot be decoded becomes a dead letter. */
record RecordDecoder(AvroDecoder decoder, DeadLetterOutput output) {
  /** The decoded value, or null after a dead letter. */
  @Nullable GenericRecord decode(Record<byte[], byte[]> record, RecordPosition position) {
    Decoded decoded =
        StreamsRecordSize.fits(record) ? decoder.decode(record.value()) : tooLarge(record);
    if (decoded instanceof Decoded.Rejected rejected) {
      output.deadLetter(position, record, rejected.code(), rejected.detail());
    }
    return decoded instanceof Decoded.Value value ? value.record() : null;
  }

  /** Decodes a value again that was decoded before it was stored. */
  GenericRecord decodeAgain(byte[] value) {
    if (decoder.decode(value) instanceof Decoded.Value decoded) {
      return decoded.record();
    }
    throw new IllegalStateException("A pending event can no longer be decoded");
  }

  /** Neither ingest nor features writes such a record, and no changelog would accept it. */
  private static Decoded tooLarge(Record<byte[], byte[]> record) {
    return new Decoded.Rejected(
        RejectionCode.TOO_LARGE,
        "the record has %d bytes, but at most %d are read: let only ingest and features write to this topic"
            .formatted(StreamsRecordSize.of(record), RecordSize.MAX_BYTES));
  }
}
