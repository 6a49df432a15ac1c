package dev.millrace.inference.rows;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The value of a store of rows: the time that the row is as of and its sequence (eight bytes each,
 * big-endian), then the row as it was read. So rows are compared without being decoded.
 */
public final class StoredRow {
  private static final int PREFIX_BYTES = 2 * Long.BYTES;

  private StoredRow() {}

  /** The value of a row. */
  static byte[] of(long asOfMillis, long sequence, byte[] row) {
    return ByteBuffer.allocate(PREFIX_BYTES + row.length)
        .putLong(asOfMillis)
        .putLong(sequence)
        .put(row)
        .array();
  }

  static long asOfMillis(byte[] stored) {
    return ByteBuffer.wrap(stored).getLong();
  }

  static long sequence(byte[] stored) {
    return ByteBuffer.wrap(stored).getLong(Long.BYTES);
  }

  /** The row as it was read. */
  static byte[] wire(byte[] stored) {
    return Arrays.copyOfRange(stored, PREFIX_BYTES, stored.length);
  }

  /**
   * Decodes a row. It was decoded or encoded before it was stored, so a failure is a bug.
   *
   * @param store its name
   */
  public static EntityRow decode(byte[] stored, AvroDecoder decoder, String store) {
    if (decoder.decode(wire(stored)) instanceof Decoded.Value value) {
      return EntityRow.of(value.record());
    }
    throw new IllegalStateException("A row in store %s can no longer be decoded".formatted(store));
  }
}
