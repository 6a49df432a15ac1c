package dev.millrace.schemas.codec;

import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Checks an Avro body against its writer schema without building objects. Avro's own decoder
 * allocates what a length field declares before it checks that the bytes exist, recurses as deep as
 * the data declares, builds as many elements without bytes (nulls, empty records) as a block
 * declares, and replaces malformed text. For a body that passes this check it does none of that.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro binary
 *     encoding</a>
 */
final class AvroBodyValidator {
  /** Largest depth of nesting: far deeper than events are, and shallow enough for the stack. */
  private static final int DEEPEST = 64;

  /**
   * Number of values that a body may contain for each of its bytes. A record in an array and a
   * union in it are values without their own byte; an element of three nullable fields has seven in
   * three bytes.
   */
  private static final int VALUES_PER_BYTE = 8;

  /**
   * Number of values that any body may contain: a wide schema may have many fields without bytes.
   */
  private static final int VALUES_OF_A_SHORT_BODY = 10_000;

  private final byte[] bytes;
  private final Set<Schema> readAsText;
  private final long mostValues;
  private int at;
  private long values;
  private String field = "";

  /**
   * @param start of the body
   * @param readAsText parts of the writer schema of type {@code bytes}, compared by identity, that
   *     are read as strings
   */
  AvroBodyValidator(byte[] bytes, int start, Set<Schema> readAsText) {
    this.bytes = bytes;
    this.readAsText = readAsText;
    this.mostValues = VALUES_OF_A_SHORT_BODY + (long) VALUES_PER_BYTE * bytes.length;
    this.at = start;
  }

  /**
   * The position of the record's end.
   *
   * @throws AvroRuntimeException if the bytes are not a record of this schema
   */
  int end(Schema writer) {
    skip(writer, 0);
    return at;
  }

  /** The number of values that were checked. */
  long values() {
    return values;
  }

  private void skip(Schema schema, int depth) {
    if (depth > DEEPEST) {
      throw new AvroRuntimeException("nested deeper than " + DEEPEST + " at byte " + at);
    }
    if (++values > mostValues) {
      throw new AvroRuntimeException(
          "more than %d values in %d bytes, at byte %d: send fewer elements without content"
              .formatted(mostValues, bytes.length, at));
    }
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> advance(1);
      case INT, LONG -> readLong();
      case ENUM -> index(readLong(), schema.getEnumSymbols().size(), "enum symbol");
      case FLOAT -> advance(4);
      case DOUBLE -> advance(8);
      case STRING -> text();
      case BYTES -> {
        if (readAsText.contains(schema)) {
          text();
        } else {
          advance(readLong());
        }
      }
      case FIXED -> advance(schema.getFixedSize());
      case UNION ->
          skip(
              schema.getTypes().get(index(readLong(), schema.getTypes().size(), "union branch")),
              depth + 1);
      case RECORD -> skipFields(schema, depth);
      case ARRAY -> skipBlocks(schema.getElementType(), false, depth + 1);
      case MAP -> skipBlocks(schema.getValueType(), true, depth + 1);
    }
  }

  private void skipFields(Schema record, int depth) {
    for (Schema.Field each : record.getFields()) {
      if (depth == 0) {
        field = each.name();
      }
      skip(each.schema(), depth + 1);
    }
  }

  private void skipBlocks(Schema element, boolean keyed, int depth) {
    for (long count = blockCount(); count != 0; count = blockCount()) {
      if (count < 0 || count > mostValues) {
        throw new AvroRuntimeException(
            "a block of %d elements at byte %d of %d".formatted(count, at, bytes.length));
      }
      for (long i = 0; i < count; i++) {
        if (keyed) {
          text();
        }
        skip(element, depth);
      }
    }
  }

  private void text() {
    long length = readLong();
    int start = at;
    advance(length);
    if (!Utf8Text.isValid(bytes, start, at - start)) {
      throw new AvroRuntimeException(
          "field %s: the %d bytes of text from byte %d are not UTF-8: encode text as UTF-8, or declare the field as bytes"
              .formatted(field, at - start, start));
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
