package dev.millrace.schemas.streams.records;

import dev.millrace.schemas.deadletter.RecordSize;
import org.apache.kafka.streams.processor.api.Record;

/** The size of a record of Kafka Streams, compared with {@link RecordSize#MAX_BYTES}. */
public final class StreamsRecordSize {
  private StreamsRecordSize() {}

  /** Whether the record does not exceed the largest size. */
  public static boolean fits(Record<byte[], byte[]> record) {
    return RecordSize.fits(record.key(), record.value(), record.headers());
  }

  /** Bytes of key, value and headers. */
  public static long of(Record<byte[], byte[]> record) {
    return RecordSize.of(record.key(), record.value(), record.headers());
  }
}
