package dev.millrace.schemas.wire;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Walks an Avro body by its writer schema without building anything. Avro's own decoder allocates
 * what a length field declares before it looks whether the bytes are there, and recurses as deep as
 * the data says; one hostile record could take the process down. After this walk it cannot.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro binary
 *     encoding</a>
 */
final class BodyCheck {
  /** Far deeper than events are, and shallow enough for the stack. */
  private static final int DEEPEST = 64;

  private final byte[] bytes;
  private int at;

  private BodyCheck(byte[] bytes, int start) {
    this.bytes = bytes;
    this.at = start;
  }

  /**
   * Where the record that starts at {@code start} ends.
   *
   * @throws AvroRuntimeException if the bytes are not a record of this schema
   */
  static int end(Schema writer, byte[] bytes, int start) {
    BodyCheck check = new BodyCheck(bytes, start);
    check.skip(writer, 0);
    return check.at;
  }

  private void skip(Schema schema, int depth) {
    if (depth > DEEPEST) {
      throw new AvroRuntimeException("nested deeper than " + DEEPEST + " at byte " + at);
    }
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> advance(1);
      case INT, LONG -> readLong();
      case ENUM -> index(readLong(), schema.getEnumSymbols().size(), "enum symbol");
      case FLOAT -> advance(4);
      case DOUBLE -> advance(8);
      case STRING, BYTES -> advance(readLong());
      case FIXED -> advance(schema.getFixedSize());
      case UNION ->
          skip(
              schema.getTypes().get(index(readLong(), schema.getTypes().size(), "union branch")),
              depth + 1);
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          skip(field.schema(), depth + 1);
        }
      }
      case ARRAY -> skipBlocks(schema.getElementType(), false, depth + 1);
      case MAP -> skipBlocks(schema.getValueType(), true, depth + 1);
    }
  }

  private void skipBlocks(Schema element, boolean keyed, int depth) {
    for (long count = blockCount(); count != 0; count = blockCount()) {
      // An element without bytes (null) would let a short record declare a list of any length.
      if (count < 0 || count > bytes.length) {
        throw new AvroRuntimeException(
            "a block of %d elements at byte %d of %d".formatted(count, at, bytes.length));
      }
      for (long i = 0; i < count; i++) {
        if (keyed) {
          advance(readLong());
        }
        skip(element, depth);
      }
    }
  }

  private long blockCount() {
    long count = readLong();
    if (count >= 0) {
      return count;
    }
    readLong(); // A negative count is followed by the block's size in bytes.
    return -count;
  }

  private void advance(long length) {
    if (length < 0 || length > bytes.length - at) {
      throw new AvroRuntimeException(
          "a length of %d at byte %d, but only %d bytes are left"
              .formatted(length, at, bytes.length - at));
    }
    at += (int) length;
  }

  private static int index(long index, int size, String what) {
    if (index < 0 || index >= size) {
      throw new AvroRuntimeException("%s %d of %d".formatted(what, index, size));
    }
    return (int) index;
  }

  private long readLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= bytes.length) {
        throw new AvroRuntimeException("the body ends in the middle of a number at byte " + at);
      }
      byte next = bytes[at++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new AvroRuntimeException("a number longer than ten bytes at byte " + at);
  }
}
