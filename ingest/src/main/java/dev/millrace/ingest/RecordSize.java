package dev.millrace.ingest;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;

/** The size of records as Kafka's limits count it. */
final class RecordSize {
  /**
   * What we write at most: just below Kafka's own limits, max.request.size of a producer (1,048,576
   * bytes) and message.max.bytes of a broker (1,048,588), which stop the stream when overrun.
   */
  static final int MAX_BYTES = 1_000_000;

  /** Lengths are varints of at most five bytes; a header has two of them. */
  private static final int HEADER_OVERHEAD = 10;

  private RecordSize() {}

  static boolean fits(Record<byte[], byte[]> record) {
    return of(record) <= MAX_BYTES;
  }

  static long of(Record<byte[], byte[]> record) {
    long bytes = (long) length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      bytes += of(header);
    }
    return bytes;
  }

  static long of(Header header) {
    // One char is at most three bytes of UTF-8.
    return 3L * header.key().length() + length(header.value()) + HEADER_OVERHEAD;
  }

  private static int length(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
