package dev.millrace.inference;

import dev.millrace.schemas.wire.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Makes dead letters: key, value and headers as they were read, and headers that say what was wrong
 * and where the record stands.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034, for the names</a>
 */
final class DeadLetters {
  private static final String STREAMS = "__streams.errors.";
  private static final String ERROR = "millrace.error.";
  private static final String STAGE = "inference";

  /** Keeps the headers readable. */
  private static final int LONGEST_DETAIL = 2_000;

  /**
   * What was read fits into a record, but with our headers it may not: the rest up to a producer's
   * default limit (max.request.size, 1,048,576 bytes) is left to key and headers.
   */
  private static final int LONGEST_VALUE = 900_000;

  private DeadLetters() {}

  static Record<byte[], byte[]> of(
      Record<byte[], byte[]> record, Origin origin, Rejection code, String detail) {
    String text =
        detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
    Headers errors = new RecordHeaders();
    put(errors, STREAMS + "exception", Rejection.class.getName());
    put(errors, STREAMS + "message", text);
    put(errors, STREAMS + "topic", origin.topic());
    put(errors, STREAMS + "partition", String.valueOf(origin.partition()));
    put(errors, STREAMS + "offset", String.valueOf(origin.offset()));
    put(errors, ERROR + "code", code.name());
    put(errors, ERROR + "stage", STAGE);
    put(errors, ERROR + "detail", text);
    byte[] value = record.value();
    if (value != null && value.length > LONGEST_VALUE) {
      put(errors, ERROR + "value.length", String.valueOf(value.length));
      value = Arrays.copyOf(value, LONGEST_VALUE);
    }
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (errors.lastHeader(header.key()) == null) {
        headers.add(header);
      }
    }
    errors.forEach(headers::add);
    return new Record<>(record.key(), value, record.timestamp(), headers);
  }

  private static void put(Headers headers, String name, String text) {
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
