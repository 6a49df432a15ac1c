package dev.millrace.ingest.topology;

import org.apache.kafka.streams.processor.api.Record;

/** The size of Kafka Streams' records. */
final class RecordSize {
  static final int MAX_BYTES = dev.millrace.schemas.deadletter.RecordSize.MAX_BYTES;

  private RecordSize() {}

  static boolean fits(Record<byte[], byte[]> record) {
    return of(record) <= MAX_BYTES;
  }

  static long of(Record<byte[], byte[]> record) {
    return dev.millrace.schemas.deadletter.RecordSize.of(
        record.key(), record.value(), record.headers());
  }
}
