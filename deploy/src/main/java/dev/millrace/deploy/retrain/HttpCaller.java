package dev.millrace.deploy.retrain;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends JSON by POST, and tells by the status (RFC 9110) whether a call is to be repeated.
 *
 * <p>Texts of an answer are for logs, dead letters and the health page: they are one line of at
 * most 300 characters, in which the secrets that were sent and the URL's query are replaced.
 */
final class HttpCaller {
  /** The time for a whole answer, including the connection. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final int OK = 200;
  private static final int REDIRECTION = 300;
  private static final int CLIENT_ERROR = 400;
  static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  static final int CONFLICT = 409;
  private static final int SERVER_ERROR = 500;

  /**
   * Request timeout, conflict, too early, too many requests: the same request may succeed later.
   * The conflict of an idempotency key is that its first request is still being processed.
   */
  private static final Set<Integer> PASSING = Set.of(408, CONFLICT, 425, 429);

  /**
   * What every trigger would be answered with, until somebody mends the credentials or the URL,
   * here or at the receiver. No trigger is given up for that.
   */
  private static final Set<Integer> MISCONFIGURED = Set.of(UNAUTHORIZED, FORBIDDEN, 404, 405, 407);

  /** Answers are for log lines; what a receiver writes beyond is not shown. */
  private static final int SHOWN_CHARS = 300;

  /** A token of Airflow has about 1 KiB; of other answers less is used. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  /**
   * The longest pause that a receiver can ask for. Triggers wait for each other, so a mistake in
   * the header would stop all of them.
   */
  static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final HttpClient client;
  private final InstantSource clock;
  private final Duration timeout;

  HttpCaller(InstantSource clock) {
    this(clock, TIMEOUT);
  }

  /**
   * @param timeout the time for a whole answer, including the connection
   */
  HttpCaller(InstantSource clock, Duration timeout) {
    // A redirected POST would become a GET, and the token would go to another host, so redirects
    // are not followed. With HTTP/2 the client asks a server without TLS for h2c, and uvicorn, the
    // server of Airflow 3, then loses the body: github.com/Kludex/uvicorn/issues/2722.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
    this.clock = clock;
    this.timeout = timeout;
  }

  /** A request with a JSON body, to which headers can be added. */
  static HttpRequest.Builder post(URI uri, String json) {
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .header("User-Agent", "millrace")
        .POST(BodyPublishers.ofString(json));
  }

  /**
   * Sends a request. Of the answer's body the first 64 KiB are read.
   *
   * @throws IOException if there is no complete answer within the timeout; the connection is closed
   */
  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    // The client's own timeout ends with the headers, so it does not limit the body.
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, headers -> new BeginOfBody(MAX_BODY_BYTES));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no complete answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      answer.cancel(true); // Without effect after an answer.
    }
  }

  /**
   * What an answer means.
   *
   * @param authorization of the request
   */
  CallResult result(HttpResponse<String> response, Authorization authorization) {
    int status = response.statusCode();
    if (isSuccess(response)) {
      return new CallResult.Accepted(status);
    }
    String reason = describe(response, authorization) + advice(response, authorization);
    return status < CLIENT_ERROR
            || status >= SERVER_ERROR
            || PASSING.contains(status)
            || MISCONFIGURED.contains(status)
        ? new CallResult.Failed(reason, retryAfter(response))
        : new CallResult.Refused(reason);
  }

  static boolean isSuccess(HttpResponse<?> response) {
    return response.statusCode() >= OK && response.statusCode() < REDIRECTION;
  }

  private static String advice(HttpResponse<?> response, Authorization authorization) {
    int status = response.statusCode();
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return "; " + authorization.place();
    }
    if (MISCONFIGURED.contains(status)) {
      return "; check the URL in retrain.call";
    }
    return status < CLIENT_ERROR
        ? "; redirects are not followed, write the URL %s into retrain.call"
            .formatted(
                response
                    .headers()
                    .firstValue("Location")
                    .map(to -> location(response.uri(), to))
                    .orElse("that it redirects to"))
        : "";
  }

  private static String location(URI from, String to) {
    try {
      return place(from.resolve(to));
    } catch (IllegalArgumentException e) {
      return "that it redirects to";
    }
  }

  /**
   * A call without an answer.
   *
   * @param authorization of the request
   */
  static CallResult failed(URI uri, IOException error, Authorization authorization) {
    String text = error.getMessage();
    return new CallResult.Failed(
        "%s does not answer: %s%s"
            .formatted(
                place(uri),
                error.getClass().getSimpleName(),
                text == null ? "" : " (" + line(text, uri, authorization) + ")"),
        null);
  }

  /** Status and begin of the answer in one line. */
  private static String describe(HttpResponse<String> response, Authorization authorization) {
    String body = line(response.body(), response.uri(), authorization);
    return "%s answered %d%s"
        .formatted(place(response.uri()), response.statusCode(), body.isEmpty() ? "" : ": " + body);
  }

  /** A text of the receiver in one line: it may repeat what it was sent. */
  private static String line(String text, URI uri, Authorization authorization) {
    String hidden = authorization.secrets().hide(text);
    for (String query : new String[] {uri.getRawQuery(), uri.getQuery()}) {
      hidden = query == null || query.isEmpty() ? hidden : hidden.replace(query, Secrets.HIDDEN);
    }
    // Control characters would change the display of a log in a terminal.
    String line = hidden.replaceAll("[\\s\\p{C}\\p{Z}]+", " ").strip();
    return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "..." : line;
  }

  /** A URL without its query and user, which may contain a key. */
  private static String place(URI uri) {
    int port = uri.getPort();
    return "%s://%s%s%s"
        .formatted(uri.getScheme(), uri.getHost(), port < 0 ? "" : ":" + port, uri.getPath());
  }

  /**
   * The header {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3), at most {@link
   * #LONGEST_RETRY_AFTER}. Null if there is none that can be read.
   */
  private @Nullable Duration retryAfter(HttpResponse<String> response) {
    String text = response.headers().firstValue("Retry-After").orElse("").strip();
    Duration asked;
    if (text.matches("[0-9]+")) {
      // More digits are more than the longest pause, and more than a long.
      asked = text.length() > 9 ? LONGEST_RETRY_AFTER : Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        asked = Duration.between(clock.instant(), at);
      } catch (DateTimeParseException e) {
        return null;
      }
    }
    return asked.isNegative()
        ? Duration.ZERO
        : asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }
}
