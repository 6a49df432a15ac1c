package dev.millrace.deploy.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The endpoint by which {@code millrace apply} gives the services of a running platform another
 * definition: {@code POST /services/<name>} with {@code {"pipeline": FILE, "restart": true}}. It
 * answers when the service is ready, with the time that it was not ({@code paused_millis}); 409
 * with the reason if it does not become ready, and it then runs as before.
 *
 * <p>It listens on loopback only, and accepts requests with the token of {@code platform.json}, a
 * file that only its owner can read: other users of the machine cannot make this process run a
 * definition of theirs.
 */
final class PlatformControl implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SERVICES = "/services/";
  private static final int TOKEN_BYTES = 32;

  private final Services services;
  private final HttpServer server;
  private final String token = newToken();

  /** One thread: requests wait for each other. */
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            var created = new Thread(work, "platform-control");
            created.setDaemon(true);
            return created;
          });

  private record Request(String pipeline, boolean restart) {}

  /** The services that requests change. */
  interface Services {
    /** As {@link LocalPlatform#replace}. */
    Duration replace(Component service, Path definition) throws InterruptedException;

    /** As {@link LocalPlatform#use}. */
    void use(Component service, Path definition);
  }

  PlatformControl(Services services) {
    this.services = services;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
    server.setExecutor(thread);
    server.createContext(SERVICES, this::handle);
    server.start();
  }

  /** The base URL. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The secret that a request must have in the header {@code Authorization: Bearer}. */
  String token() {
    return token;
  }

  @Override
  public void close() {
    // Interrupts a restart that is under way, which must not start a process any more.
    thread.shutdownNow();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!isAuthorized(exchange)) {
        answer(exchange, 403, "the token is that of platform.json");
      } else if (!exchange.getRequestMethod().equals("POST")) {
        answer(exchange, 405, "only POST");
      } else {
        change(exchange);
      }
    }
  }

  private boolean isAuthorized(HttpExchange exchange) {
    var sent = exchange.getRequestHeaders().getFirst("Authorization");
    return sent != null
        && MessageDigest.isEqual(sent.getBytes(UTF_8), ("Bearer " + token).getBytes(UTF_8));
  }

  private void change(HttpExchange exchange) throws IOException {
    var name = exchange.getRequestURI().getPath().substring(SERVICES.length());
    try {
      var service = Component.valueOf(name.toUpperCase(Locale.ROOT));
      var request = JSON.readValue(exchange.getRequestBody(), Request.class);
      var definition = Path.of(request.pipeline());
      if (!service.isService() || !Files.isRegularFile(definition)) {
        throw new IllegalArgumentException(name + " cannot run " + definition);
      }
      var pausedMillis = 0L;
      if (request.restart()) {
        pausedMillis = services.replace(service, definition).toMillis();
      } else {
        services.use(service, definition);
      }
      answer(exchange, 200, JSON.writeValueAsString(Map.of("paused_millis", pausedMillis)));
    } catch (IllegalArgumentException | IOException e) {
      answer(exchange, 400, String.valueOf(e.getMessage()));
    } catch (PlatformException e) {
      answer(exchange, 409, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    var body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static String newToken() {
    var bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
