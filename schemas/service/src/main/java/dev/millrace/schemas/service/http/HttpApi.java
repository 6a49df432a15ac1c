package dev.millrace.schemas.service.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server whose answers are JSON, an error as {@code {"error": CODE, "message": REASON}}. It
 * is the JDK's own server, as for {@code /metrics}: it needs no library, where Javalin with Jetty
 * and Kotlin would add 8 MB to each service.
 */
public final class HttpApi implements AutoCloseable {
  /** The largest body of a request. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** Threads, each of which works on one request. */
  public static final int THREADS = 16;

  private static final Logger log = LoggerFactory.getLogger(HttpApi.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Answers in two packets would wait 40 ms for the acknowledgement of the first.
    setDefault("sun.net.httpserver.nodelay", "true");
    // Seconds until a request must have been sent, and until its answer must have been read: a
    // client that stops would keep a thread.
    setDefault("sun.net.httpserver.maxReqTime", "30");
    setDefault("sun.net.httpserver.maxRspTime", "30");
  }

  private final HttpServer server;
  private final @Nullable BearerToken token;
  private final ExecutorService threads;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Answers requests to a path. */
  public interface Handler {
    /** The answer with status 200, JSON in UTF-8. */
    byte[] answer(HttpCall call) throws HttpProblem;
  }

  /**
   * Listens, and answers nothing before {@link #start}.
   *
   * @throws UncheckedIOException if the port is in use
   */
  public HttpApi(HttpBinding binding) {
    try {
      server = HttpServer.create(binding.address(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on %s for HTTP requests: %s. Choose another port with --http-port."
              .formatted(binding.address(), e.getMessage()),
          e);
    }
    token = binding.token();
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /**
   * Begins to answer.
   *
   * @param routes the handlers of each path and of those beneath it, by their method
   */
  public void start(Map<String, Map<String, Handler>> routes) {
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, routes));
    server.start();
  }

  private void answer(HttpExchange exchange, Map<String, Map<String, Handler>> routes)
      throws IOException {
    try (exchange) {
      byte[] body;
      int status = 200;
      try {
        body = call(exchange, routes);
      } catch (HttpProblem problem) {
        problem.headers().forEach(exchange.getResponseHeaders()::set);
        status = problem.status();
        body = json(problem);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private byte[] call(HttpExchange exchange, Map<String, Map<String, Handler>> routes)
      throws HttpProblem, IOException {
    if (token != null && !token.accepts(exchange.getRequestHeaders().getFirst("Authorization"))) {
      throw HttpProblem.unauthorized();
    }
    String path = exchange.getRequestURI().getRawPath();
    String method = exchange.getRequestMethod();
    Handler handler = handler(routes, path, method);
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw HttpProblem.tooLarge(
          "the body has more than %,d bytes: ask for fewer keys at once".formatted(MAX_BODY_BYTES));
    }
    try {
      return handler.answer(
          new HttpCall(
              method,
              path,
              exchange.getRequestURI().getRawQuery(),
              exchange.getRequestHeaders(),
              body));
    } catch (RuntimeException e) {
      log.error("{} {} failed", method, path, e);
      throw HttpProblem.bug(e);
    }
  }

  private static Handler handler(
      Map<String, Map<String, Handler>> routes, String path, String method) throws HttpProblem {
    for (Map.Entry<String, Map<String, Handler>> route : routes.entrySet()) {
      if (path.equals(route.getKey()) || path.startsWith(route.getKey() + "/")) {
        Handler handler = route.getValue().get(method);
        if (handler == null) {
          throw HttpProblem.wrongMethod(
              method, String.join(", ", new TreeMap<>(route.getValue()).keySet()));
        }
        return handler;
      }
    }
    throw HttpProblem.unknown(
        "UNKNOWN_PATH", "this service has the paths " + String.join(", ", routes.keySet()));
  }

  private static byte[] json(HttpProblem problem) {
    try {
      return JSON.writeValueAsBytes(
          new TreeMap<>(Map.of("error", problem.code(), "message", problem.text())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes it once: a shutdown hook and the main thread may both do so. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
