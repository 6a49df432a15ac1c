package dev.millrace.schemas.codec;

import dev.millrace.schemas.codec.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The Confluent wire format: a zero byte, the schema id in four bytes (big-endian), the Avro body.
 *
 * @see <a
 *     href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">Wire
 *     format</a>
 */
public final class WireFormat {
  static final byte MAGIC = 0;

  /** Bytes before the body. */
  public static final int HEADER_BYTES = 5;

  private WireFormat() {}

  /** The registry subject of a topic's values. */
  public static String subject(String topic) {
    return topic + "-value";
  }

  /** The schema id of a value, if it starts with a whole header. */
  public static OptionalInt schemaIdOf(byte @Nullable [] value) {
    return value == null || problem(value) != null
        ? OptionalInt.empty()
        : OptionalInt.of(schemaId(value));
  }

  /** The schema id of a value that starts with a whole header. */
  static int schemaId(byte[] value) {
    return ByteBuffer.wrap(value).getInt(1);
  }

  /** What is wrong with the header, or null. */
  static @Nullable Rejected problem(byte[] value) {
    if (value.length < HEADER_BYTES) {
      return new Rejected(
          RejectionCode.TRUNCATED_HEADER,
          "%d bytes, but the header alone has %d: send a zero byte, the schema id in four bytes, then the Avro body"
              .formatted(value.length, HEADER_BYTES));
    }
    if (value[0] != MAGIC) {
      return new Rejected(
          RejectionCode.BAD_MAGIC,
          "the value starts with %s instead of 00: the producer does not use a Schema Registry serializer"
              .formatted(HexFormat.of().formatHex(Arrays.copyOf(value, HEADER_BYTES))));
    }
    return null;
  }

  /** The rejection of a record without a value. */
  static Rejected noValue() {
    return new Rejected(RejectionCode.NULL_VALUE, "the record has no value");
  }
}
