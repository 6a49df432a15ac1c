package dev.millrace.schemas.service.http;

import com.sun.net.httpserver.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body was read.
 *
 * @param rawPath as it was sent, percent-encoded
 * @param rawQuery as it was sent, without the question mark; null: none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record HttpCall(
    String method, String rawPath, @Nullable String rawQuery, Headers headers, byte[] body) {

  /** The first value of a header; null if the request does not have it. */
  public @Nullable String header(String name) {
    return headers.getFirst(name);
  }
}
