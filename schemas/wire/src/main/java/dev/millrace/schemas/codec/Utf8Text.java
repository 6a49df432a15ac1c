package dev.millrace.schemas.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/** Checks that bytes are UTF-8, since Java's own decoding replaces malformed bytes silently. */
final class Utf8Text {
  private static final char REPLACEMENT = '\ufffd';

  private Utf8Text() {}

  /** Whether the bytes are well-formed UTF-8, so that different bytes become different texts. */
  static boolean isValid(byte[] bytes, int start, int length) {
    // Text without the replacement character is well-formed; that is nearly every text.
    return new String(bytes, start, length, UTF_8).indexOf(REPLACEMENT) < 0
        || isDecodable(ByteBuffer.wrap(bytes, start, length));
  }

  private static boolean isDecodable(ByteBuffer bytes) {
    try {
      UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes);
      return true;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }
}
