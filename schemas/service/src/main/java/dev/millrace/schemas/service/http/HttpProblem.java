package dev.millrace.schemas.service.http;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A request that cannot be answered: status, a code for programs, the reason for people. */
public final class HttpProblem extends Exception {
  /** The least time after which a client should repeat a request that was answered with 503. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String text;
  private final TreeMap<String, String> headers;

  private HttpProblem(int status, String code, String text, Map<String, String> headers) {
    super(text);
    this.status = status;
    this.code = code;
    this.text = text;
    this.headers = new TreeMap<>(headers);
  }

  /** 400: the request is not well-formed. */
  public static HttpProblem malformed(String text) {
    return new HttpProblem(400, "MALFORMED", text, Map.of());
  }

  /** 401: the token is missing or wrong. */
  public static HttpProblem unauthorized() {
    return new HttpProblem(
        401,
        "UNAUTHORIZED",
        "send the token of --http-token-file in the header Authorization: Bearer TOKEN",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  /**
   * 404: nothing has that name.
   *
   * @param code what is unknown, such as {@code UNKNOWN_VIEW}
   */
  public static HttpProblem unknown(String code, String text) {
    return new HttpProblem(404, code, text, Map.of());
  }

  /**
   * 405: the path has other methods.
   *
   * @param allowed the methods of the path, separated by commas
   */
  public static HttpProblem wrongMethod(String method, String allowed) {
    return new HttpProblem(
        405,
        "METHOD_NOT_ALLOWED",
        "%s is not allowed here, use %s".formatted(method, allowed),
        Map.of("Allow", allowed));
  }

  /** 413: the request exceeds a limit. */
  public static HttpProblem tooLarge(String text) {
    return new HttpProblem(413, "TOO_LARGE", text, Map.of());
  }

  /** 500: a bug; the log has the stack trace. */
  static HttpProblem bug(Throwable thrown) {
    return new HttpProblem(500, "INTERNAL", thrown.getClass().getSimpleName(), Map.of());
  }

  /** 503: what the answer needs is not there now; the client repeats the request. */
  public static HttpProblem unavailable(String text) {
    return new HttpProblem(
        503, "UNAVAILABLE", text, Map.of("Retry-After", String.valueOf(RETRY_AFTER.toSeconds())));
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** The reason, and how to fix it. */
  public String text() {
    return text;
  }

  /** The further headers of the answer. */
  Map<String, String> headers() {
    return headers;
  }
}
