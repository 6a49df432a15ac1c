package dev.millrace.schemas.wire;

import java.nio.ByteBuffer;

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

  /** The schema id of a value that starts with a whole header. */
  static int schemaId(byte[] value) {
    return ByteBuffer.wrap(value).getInt(1);
  }
}
