package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Counts of 7 bits a byte, low bits first; all bytes but the last have their highest bit set. */
final class Varints {
  private Varints() {}

  static void put(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  static void put(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /**
   * @throws IllegalArgumentException if the number has more than 64 bits
   */
  static long get(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a count of more than 64 bits in a profile");
  }
}
