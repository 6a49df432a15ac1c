package dev.millrace.features.aggregate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link ByteWriter} wrote. */
final class ByteReader {
  private final ByteBuffer bytes;

  ByteReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  long varint() {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      number |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
  }

  double number() {
    return bytes.getDouble();
  }

  Object value() {
    byte tag = bytes.get();
    return switch (tag) {
      case ByteWriter.LONG -> {
        long number = varint();
        yield (number >>> 1) ^ -(number & 1);
      }
      case ByteWriter.DOUBLE -> number();
      case ByteWriter.FALSE -> false;
      case ByteWriter.TRUE -> true;
      case ByteWriter.STRING -> text();
      default -> throw new IllegalArgumentException("state is corrupt: value tag " + tag);
    };
  }

  private String text() {
    byte[] utf8 = new byte[(int) varint()];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
