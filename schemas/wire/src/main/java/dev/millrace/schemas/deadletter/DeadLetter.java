package dev.millrace.schemas.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.RejectionCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record of the dead-letter topic: key, value and headers as they were read, and headers that say
 * what was wrong, which stage found it and where the record stands. What does not fit into a record
 * is cut, and its length and digest are given.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034, for the names</a>
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record DeadLetter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
  private static final String STREAMS = "__streams.errors.";
  private static final String ERROR = "millrace.error.";

  /** Keeps the headers readable and far below the size limit. */
  private static final int LONGEST_DETAIL = 2_000;

  /**
   * The dead letter of a record.
   *
   * @param stage where it failed: ingest, features, inference or drift
   * @param read the record and where it stands; its headers of an earlier dead letter are replaced
   */
  public static DeadLetter of(
      String stage, ConsumerRecord<byte[], byte[]> read, RejectionCode code, String detail) {
    return of(stage, read, code, detail, List.of());
  }

  /**
   * The dead letter of a record, with further headers that say what was wrong. They are never cut:
   * keep them far below {@link RecordSize#MAX_BYTES}.
   *
   * @param more named {@code millrace.error.*}, so that a later dead letter replaces them
   */
  public static DeadLetter of(
      String stage,
      ConsumerRecord<byte[], byte[]> read,
      RejectionCode code,
      String detail,
      List<Header> more) {
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
      String stage, ConsumerRecord<byte[], byte[]> read, RejectionCode code, String detail) {
    String text =
        detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
    Headers errors = new RecordHeaders();
    put(errors, STREAMS + "exception", RejectionCode.class.getName());
    put(errors, STREAMS + "message", text);
    put(errors, STREAMS + "topic", read.topic());
    put(errors, STREAMS + "partition", String.valueOf(read.partition()));
    put(errors, STREAMS + "offset", String.valueOf(read.offset()));
    put(errors, ERROR + "code", code.name());
    put(errors, ERROR + "stage", stage);
    put(errors, ERROR + "detail", text);
    return errors;
  }

  /** Cuts what does not fit: the end of the value first, then headers, then the end of the key. */
  private static DeadLetter cut(ConsumerRecord<byte[], byte[]> read, Headers errors) {
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

  /** A dead letter that was published again and failed again tells of its last failure only. */
  private static boolean isError(Header header) {
    return header.key().startsWith(STREAMS) || header.key().startsWith(ERROR);
  }

  private static void describe(Headers headers, String part, byte @Nullable [] bytes) {
    if (bytes != null) {
      put(headers, ERROR + part + ".length", String.valueOf(bytes.length));
      put(headers, ERROR + part + ".sha256", sha256(bytes));
    }
  }

  private static byte @Nullable [] firstBytes(byte @Nullable [] bytes, long count) {
    return bytes == null || bytes.length <= count ? bytes : Arrays.copyOf(bytes, (int) count);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void put(Headers headers, String name, String text) {
    headers.add(name, text.getBytes(UTF_8));
  }
}
