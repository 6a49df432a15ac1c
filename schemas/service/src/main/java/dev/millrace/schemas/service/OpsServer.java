package dev.millrace.schemas.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.schemas.service.http.HttpServers;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The HTTP endpoints of a service for operators and orchestrators: {@code /metrics} in the
 * Prometheus text format, {@code /health/live} and {@code /health/ready} (200 with {@code ok}, or
 * 503 with the reason in one line; a second line may hold a note). See {@link OpsOptions} for where
 * it listens.
 */
public final class OpsServer implements AutoCloseable {
  /** Content type of the Prometheus text format 0.0.4. */
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2, OpsServer::daemon);

  /**
   * Starts the server.
   *
   * @param address where to listen; port 0 for any free one, see {@link #port()}
   * @param live the problem of the process; empty if there is none
   * @param ready the reason why the service is not ready; empty if it is ready
   * @param metrics writes the body of {@code /metrics}
   */
  public OpsServer(
      InetSocketAddress address,
      Supplier<String> live,
      Supplier<String> ready,
      MetricsPage metrics) {
    this(address, live, ready, () -> "", metrics);
  }

  /**
   * Starts the server.
   *
   * @param note a remark while the service is ready, written as a second line of {@code
   *     /health/ready}; empty if there is none
   */
  public OpsServer(
      InetSocketAddress address,
      Supplier<String> live,
      Supplier<String> ready,
      Supplier<String> note,
      MetricsPage metrics) {
    try {
      server = HttpServers.create(address);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on %s for /metrics and /health: %s. Choose another port with --ops-port, or another address with --ops-host."
              .formatted(text(address), e.getMessage()),
          e);
    }
    server.setExecutor(threads);
    server.createContext("/health/live", exchange -> health(exchange, live.get(), ""));
    server.createContext("/health/ready", exchange -> health(exchange, ready.get(), note.get()));
    server.createContext("/metrics", exchange -> metrics(exchange, metrics));
    server.start();
  }

  /** Writes all metrics of the process in the Prometheus text format. */
  public interface MetricsPage {
    void write(Writer out) throws IOException;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private static void health(HttpExchange exchange, String problem, String note)
      throws IOException {
    String state = problem.isEmpty() ? "ok" : problem;
    byte[] body = (note.isEmpty() ? state : state + "\n" + note).getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(problem.isEmpty() ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void metrics(HttpExchange exchange, MetricsPage metrics) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", METRICS_TYPE);
    exchange.sendResponseHeaders(200, 0);
    try (exchange;
        Writer out = new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8)) {
      metrics.write(out);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "ops-http");
    thread.setDaemon(true);
    return thread;
  }
}
