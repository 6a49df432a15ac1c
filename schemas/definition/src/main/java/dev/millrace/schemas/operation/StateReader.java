package dev.millrace.schemas.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link StateWriter} wrote. */
public final class StateReader {
  private final ByteBuffer bytes;

  public StateReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  public long varint() {
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

  long bits() {
    return bytes.getLong();
  }

  Object value() {
    byte tag = bytes.get();
    return switch (tag) {
      case StateWriter.LONG -> {
        long number = varint();
        yield (number >>> 1) ^ -(number & 1);
      }
      case StateWriter.DOUBLE -> number();
      case StateWriter.FALSE -> false;
      case StateWriter.TRUE -> true;
      case StateWriter.STRING -> text();
      default ->
          throw new IllegalArgumentException("the state is corrupt: unknown value tag " + tag);
    };
  }

  /** A text that {@link StateWriter#text} wrote. */
  public String text() {
    byte[] utf8 = new byte[(int) varint()];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
