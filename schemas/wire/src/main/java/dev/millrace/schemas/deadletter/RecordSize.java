package dev.millrace.schemas.deadletter;

import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The size of a record as Kafka's limits count it, estimated from above. */
public final class RecordSize {
  /**
   * The largest record that Millrace writes: just below Kafka's own limits, max.request.size of a
   * producer (1,048,576 bytes) and message.max.bytes of a broker (1,048,588); a record beyond them
   * stops the stream. The difference is enough for what a changelog adds to a record.
   */
  public static final int MAX_BYTES = 1_000_000;

  /** Lengths are varints of at most five bytes; a header has two of them. */
  private static final int HEADER_OVERHEAD = 10;

  private RecordSize() {}

  /** Whether a record is at most {@link #MAX_BYTES} long. */
  public static boolean fits(
      byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
    return of(key, value, headers) <= MAX_BYTES;
  }

  /** Bytes of key, value and headers. */
  public static long of(byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
    long bytes = (long) length(key) + length(value);
    for (Header header : headers) {
      bytes += of(header);
    }
    return bytes;
  }

  /** Bytes of one header. */
  public static long of(Header header) {
    // One char is at most three bytes of UTF-8.
    return 3L * header.key().length() + length(header.value()) + HEADER_OVERHEAD;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
