package dev.millrace.schemas.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The secret that a client sends in the header {@code Authorization} (RFC 6750). It is sent in
 * clear text: between machines, let a proxy or a service mesh add TLS.
 */
public final class BearerToken {
  /** Shorter ones can be guessed. */
  static final int LEAST_CHARACTERS = 16;

  private static final String SCHEME = "Bearer ";

  private final String token;

  private BearerToken(String token) {
    this.token = token;
  }

  /**
   * Reads the token from a file, without the white space around it.
   *
   * @throws IllegalArgumentException if the file cannot be read or the token is too short
   */
  public static BearerToken read(Path file) {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException("the token file %s cannot be read".formatted(file), e);
    }
    if (text.length() < LEAST_CHARACTERS) {
      throw new IllegalArgumentException(
          "the token in %s has %d characters, write at least %d"
              .formatted(file, text.length(), LEAST_CHARACTERS));
    }
    return new BearerToken(text);
  }

  /** Whether the header {@code Authorization} has this token; takes the same time for any other. */
  public boolean accepts(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            authorization.substring(SCHEME.length()).strip().getBytes(UTF_8),
            token.getBytes(UTF_8));
  }

  /** The value of the header {@code Authorization}. */
  public String authorization() {
    return SCHEME + token;
  }

  /** Does not show the token. */
  @Override
  public String toString() {
    return "BearerToken";
  }
}
