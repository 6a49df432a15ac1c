package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.service.http.HttpProblem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Texts in a URL: percent-encoded UTF-8 (RFC 3986, section 2.1); a plus sign stands for itself. */
final class PathText {
  private static final int HEX = 16;

  private PathText() {}

  /** Decodes a segment of a path, or a value of a query. */
  static String decode(String encoded) throws HttpProblem {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char character = encoded.charAt(i);
      if (character == '%') {
        bytes.write(octet(encoded, i + 1));
        i += 2;
      } else if (US_ASCII.newEncoder().canEncode(character)) {
        bytes.write(character);
      } else {
        throw HttpProblem.malformed(
            "the URL contains a character beyond ASCII: encode it as UTF-8 with percent signs");
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw HttpProblem.malformed("'%s' is not UTF-8".formatted(encoded));
    }
  }

  private static int octet(String encoded, int at) throws HttpProblem {
    int high = at + 1 < encoded.length() ? Character.digit(encoded.charAt(at), HEX) : -1;
    int low = high < 0 ? -1 : Character.digit(encoded.charAt(at + 1), HEX);
    if (low < 0) {
      throw HttpProblem.malformed(
          "'%s': two hex digits must follow a percent sign".formatted(encoded));
    }
    return HEX * high + low;
  }
}
