package dev.millrace.schemas.deadletter;

import static dev.millrace.schemas.topics.WireHeaders.ERROR_CODE;
import static dev.millrace.schemas.topics.WireHeaders.ERROR_DETAIL;
import static dev.millrace.schemas.topics.WireHeaders.ERROR_PREFIX;
import static dev.millrace.schemas.topics.WireHeaders.ERROR_STAGE;
import static dev.millrace.schemas.topics.WireHeaders.STREAMS_ERROR_PREFIX;
import static dev.millrace.schemas.topics.WireHeaders.put;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.digest.Sha256;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record of the dead-letter topic: key, value and headers of the rejected record, and headers
 * with the reason, the stage that rejected it, and its topic, partition and offset. A key or value
 * that does not fit into a record is cut, and its length and digest are given.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034, for the names</a>
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record DeadLetter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
  /** Largest length of a detail: readable, and far below the size limit. */
  private static final int LONGEST_DETAIL = 2_000;

  /** The dead letter of a record that a consumer read. */
  public static DeadLetter of(
      String stage, ConsumerRecord<byte[], byte[]> read, RejectionCode code, String detail) {
    return of(stage, OriginalRecord.of(read), code, detail, List.of());
  }

  /**
   * The dead letter of a record.
   *
   * @param stage that rejected it: ingest, features, inference, drift or retrain
   * @param read the record; its headers of an earlier dead letter are replaced
   * @param more headers with details of the reason, named {@code millrace.error.*}, so that a later
   *     dead letter replaces them. They are never cut: keep them far below {@link
   *     RecordSize#MAX_BYTES}.
   */
  public static DeadLetter of(
      String stage, OriginalRecord read, RejectionCode code, String detail, List<Header> more) {
    Headers errors = errors(stage, read, code, detail);
    more.forEach(errors::add);
    Headers headers = new RecordHeaders();
    for (Header header : read.headers()) {
      if (!isError(header)) {
        headers.add(header);
      }
    }
    errors.forEach(headers::add);
    return RecordSize.fits(read.key(), read.value(), headers)
        ? new DeadLetter(read.key(), read.value(), headers)
        : cut(read, errors);
  }

  private static Headers errors(
      String stage, OriginalRecord read, RejectionCode code, String detail) {
    String text =
        detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
    Headers errors = new RecordHeaders();
    put(errors, STREAMS_ERROR_PREFIX + "exception", RejectionCode.class.getName());
    put(errors, STREAMS_ERROR_PREFIX + "message", text);
    put(errors, STREAMS_ERROR_PREFIX + "topic", read.topic());
    put(errors, STREAMS_ERROR_PREFIX + "partition", read.partition());
    put(errors, STREAMS_ERROR_PREFIX + "offset", read.offset());
    put(errors, ERROR_CODE, code.name());
    put(errors, ERROR_STAGE, stage);
    put(errors, ERROR_DETAIL, text);
    return errors;
  }

  /** Cuts the end of the value first, then drops headers, then cuts the end of the key. */
  private static DeadLetter cut(OriginalRecord read, Headers errors) {
    Headers headers = new RecordHeaders(errors.toArray());
    describe(headers, "key", read.key());
    describe(headers, "value", read.value());
    long room = RecordSize.MAX_BYTES - RecordSize.of(null, null, headers);
    byte[] key = firstBytes(read.key(), room);
    room -= key == null ? 0 : key.length;
    for (Header header : read.headers()) {
      if (!isError(header) && RecordSize.of(header) <= room) {
        headers.add(header);
        room -= RecordSize.of(header);
      }
    }
    return new DeadLetter(key, firstBytes(read.value(), room), headers);
  }

  /**
   * A dead letter that was published again and rejected again describes the last rejection only.
   */
  private static boolean isError(Header header) {
    return header.key().startsWith(STREAMS_ERROR_PREFIX) || header.key().startsWith(ERROR_PREFIX);
  }

  private static void describe(Headers headers, String part, byte @Nullable [] bytes) {
    if (bytes != null) {
      put(headers, ERROR_PREFIX + part + ".length", bytes.length);
      put(headers, ERROR_PREFIX + part + ".sha256", Sha256.hex(bytes));
    }
  }

  private static byte @Nullable [] firstBytes(byte @Nullable [] bytes, long count) {
    return bytes == null || bytes.length <= count ? bytes : Arrays.copyOf(bytes, (int) count);
  }
}
