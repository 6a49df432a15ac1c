package dev.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.ingest.Checked.Invalid;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the producer's key, value and headers as they came, and headers that say what
 * was wrong and where the record stood.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034, for the names</a>
 */
final class DeadLetters {
  private static final String STREAMS = "__streams.errors.";
  private static final String ERROR = "millrace.error.";
  private static final String STAGE = "ingest";

  /** Keeps the headers readable and far below the size limit. */
  private static final int LONGEST_DETAIL = 2_000;

  private DeadLetters() {}

  static Record<byte[], byte[]> of(Record<byte[], byte[]> record, Origin origin, Invalid reason) {
    Headers errors = errors(origin, reason);
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      // A dead letter that was replayed and died again tells about its last death only.
      if (errors.lastHeader(header.key()) == null && !header.key().startsWith(Origin.PREFIX)) {
        headers.add(header);
      }
    }
    errors.forEach(headers::add);
    Record<byte[], byte[]> letter =
        withKeyAndValue(record.withHeaders(headers), origin.key(), record.value());
    return RecordSize.fits(letter) ? letter : cut(letter, errors);
  }

  private static Headers errors(Origin origin, Invalid reason) {
    String detail =
        reason.detail().length() <= LONGEST_DETAIL
            ? reason.detail()
            : reason.detail().substring(0, LONGEST_DETAIL) + "...";
    Headers errors = new RecordHeaders();
    put(errors, STREAMS + "exception", reason.code().getDeclaringClass().getName());
    put(errors, STREAMS + "message", detail);
    put(errors, STREAMS + "topic", origin.topic());
    put(errors, STREAMS + "partition", String.valueOf(origin.partition()));
    put(errors, STREAMS + "offset", String.valueOf(origin.offset()));
    put(errors, ERROR + "code", reason.code().name());
    put(errors, ERROR + "stage", STAGE);
    put(errors, ERROR + "detail", detail);
    return errors;
  }

  /** Cuts what does not fit: the end of the value first, then headers, then the end of the key. */
  private static Record<byte[], byte[]> cut(Record<byte[], byte[]> letter, Headers errors) {
    Headers headers = new RecordHeaders(errors.toArray());
    describe(headers, "key", letter.key());
    describe(headers, "value", letter.value());
    long room = RecordSize.MAX_BYTES;
    for (Header header : headers) {
      room -= RecordSize.of(header);
    }
    byte[] key = firstBytes(letter.key(), room);
    room -= key == null ? 0 : key.length;
    for (Header header : letter.headers()) {
      if (errors.lastHeader(header.key()) == null && RecordSize.of(header) <= room) {
        headers.add(header);
        room -= RecordSize.of(header);
      }
    }
    byte[] value = firstBytes(letter.value(), room);
    return withKeyAndValue(letter.withHeaders(headers), key, value);
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

  @SuppressWarnings("NullAway") // Kafka takes nulls for both, but is not annotated.
  private static Record<byte[], byte[]> withKeyAndValue(
      Record<byte[], byte[]> record, byte @Nullable [] key, byte @Nullable [] value) {
    return record.withKey(key).withValue(value);
  }
}
