package dev.millrace.schemas.service.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

  /** The number of requests that are worked on at once. */
  public static final int THREADS = 16;

  /**
   * Threads, each of which reads or answers one request. The server reads a request in one of them
   * from its first byte on, so that a client that does not finish its request keeps a thread until
   * {@link HttpServers#REQUEST_SECONDS} are over. More than {@link #THREADS}, so that a few such
   * clients do not delay others; an idle thread ends after a minute.
   */
  static final int CONNECTION_THREADS = 128;

  private static final Logger log = LoggerFactory.getLogger(HttpApi.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final @Nullable BearerToken token;
  private final ExecutorService threads;
  private final Semaphore working = new Semaphore(THREADS, true);
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
      server = HttpServers.create(binding.address());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on %s for HTTP requests: %s. Choose another port with --http-port."
              .formatted(binding.address(), e.getMessage()),
          e);
    }
    token = binding.token();
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            CONNECTION_THREADS,
            CONNECTION_THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    threads = pool;
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
    return answer(
        handler,
        new HttpCall(
            method,
            path,
            exchange.getRequestURI().getRawQuery(),
            exchange.getRequestHeaders(),
            body));
  }

  private byte[] answer(Handler handler, HttpCall call) throws HttpProblem, IOException {
    try {
      working.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server is closed");
    }
    try {
      return handler.answer(call);
    } catch (RuntimeException e) {
      log.error("{} {} failed", call.method(), call.rawPath(), e);
      throw HttpProblem.bug(e);
    } finally {
      working.release();
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
