package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The webhook that Alertmanager notifies; it keeps the notifications. */
public final class AlertReceiver implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One alert of a notification.
   *
   * @param receiver its name in Alertmanager's configuration
   * @param status {@code firing} or {@code resolved}
   * @param atNanos when it came, by {@link System#nanoTime}
   */
  public record Notification(
      String receiver, String name, String status, JsonNode alert, long atNanos) {}

  private final List<Notification> notifications = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  public AlertReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::receive);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public List<Notification> notifications() {
    return notifications;
  }

  /** The newest notification of an alert, if it has a status. */
  public Optional<Notification> newest(String alert, String status) {
    return notifications.stream()
        .filter(each -> each.name().equals(alert))
        .reduce((first, second) -> second)
        .filter(each -> each.status().equals(status));
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = JSON.readTree(exchange.getRequestBody());
      long nowNanos = System.nanoTime();
      for (JsonNode alert : body.path("alerts")) {
        notifications.add(
            new Notification(
                body.path("receiver").asText(),
                alert.path("labels").path("alertname").asText(),
                alert.path("status").asText(),
                alert,
                nowNanos));
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
