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

/** Sends JSON by POST, and tells by the status (RFC 9110) whether a call is to be repeated. */
final class HttpCaller {
  /** The time for a whole answer, including the connection. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final int OK = 200;
  private static final int REDIRECTION = 300;
  private static final int CLIENT_ERROR = 400;
  static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int CONFLICT = 409;
  private static final int SERVER_ERROR = 500;

  /** Request timeout, too early, too many requests: the same request may succeed later. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  /** Answers are for log lines; what a receiver writes beyond is not shown. */
  private static final int SHOWN_CHARS = 300;

  /** A token of Airflow has about 1 KiB; of other answers less is used. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  /** 100 years, which no clock overflows with. */
  private static final long MOST_SECONDS = 36_500L * 24 * 3_600;

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
    // A redirected POST would become a GET, so redirects are not followed.
    this.client =
        HttpClient.newBuilder()
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
    if (status == CONFLICT) {
      return new CallResult.Known();
    }
    if (PASSING.contains(status) || status >= SERVER_ERROR) {
      return new CallResult.Failed(describe(response), retryAfter(response));
    }
    return new CallResult.Refused(describe(response) + advice(response, authorization));
  }

  static boolean isSuccess(HttpResponse<?> response) {
    return response.statusCode() >= OK && response.statusCode() < REDIRECTION;
  }

  private static String advice(HttpResponse<?> response, Authorization authorization) {
    int status = response.statusCode();
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return "; " + authorization.place();
    }
    return status < CLIENT_ERROR
        ? "; redirects are not followed, write the URL %s into retrain.call"
            .formatted(response.headers().firstValue("Location").orElse("that it redirects to"))
        : "";
  }

  /** A call without an answer. */
  static CallResult failed(URI uri, IOException error) {
    String text = error.getMessage();
    return new CallResult.Failed(
        "%s does not answer: %s"
            .formatted(
                place(uri),
                error.getClass().getSimpleName() + (text == null ? "" : " (" + text + ")")),
        null);
  }

  /** Status and begin of the answer in one line. */
  private static String describe(HttpResponse<String> response) {
    String body = response.body().strip().replaceAll("\\s+", " ");
    if (body.length() > SHOWN_CHARS) {
      body = body.substring(0, SHOWN_CHARS) + "...";
    }
    return "%s answered %d%s"
        .formatted(place(response.uri()), response.statusCode(), body.isEmpty() ? "" : ": " + body);
  }

  /** A URL without its query, which may contain a key. */
  private static String place(URI uri) {
    return "%s://%s%s".formatted(uri.getScheme(), uri.getAuthority(), uri.getPath());
  }

  /** The header {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
  private @Nullable Duration retryAfter(HttpResponse<String> response) {
    String text = response.headers().firstValue("Retry-After").orElse("").strip();
    if (text.matches("\\d{1,18}")) {
      return Duration.ofSeconds(Math.min(Long.parseLong(text), MOST_SECONDS));
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(clock.instant(), at);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
