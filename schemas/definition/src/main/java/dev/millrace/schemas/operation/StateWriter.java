package dev.millrace.schemas.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the numbers and values of a timeline as bytes; {@link StateReader} reads them. */
public final class StateWriter {
  static final byte LONG = 0;
  static final byte DOUBLE = 1;
  static final byte STRING = 2;
  static final byte FALSE = 3;
  static final byte TRUE = 4;

  private byte[] bytes = new byte[256];
  private int size;

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  /** Seven bits per byte, low bits first: small numbers are short, negative ones take ten bytes. */
  public void varint(long number) {
    room(10);
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void number(double number) {
    room(8);
    ByteBuffer.wrap(bytes).putDouble(size, number);
    size += 8;
  }

  /** Eight bytes. */
  void bits(long bits) {
    room(8);
    ByteBuffer.wrap(bytes).putLong(size, bits);
    size += 8;
  }

  void value(Object value) {
    room(1);
    if (value instanceof Long number) {
      bytes[size++] = LONG;
      varint((number << 1) ^ (number >> 63));
    } else if (value instanceof Double number) {
      bytes[size++] = DOUBLE;
      number(number);
    } else if (value instanceof Boolean flag) {
      bytes[size++] = flag ? TRUE : FALSE;
    } else if (value instanceof String text) {
      bytes[size++] = STRING;
      text(text);
    } else {
      throw new IllegalArgumentException(
          "a feature's value must be Long, Double, String or Boolean, not " + value.getClass());
    }
  }

  /** The number of its bytes in UTF-8, and these. */
  public void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    room(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
