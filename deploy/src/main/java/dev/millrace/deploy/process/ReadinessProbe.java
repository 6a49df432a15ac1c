package dev.millrace.deploy.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Asks a child once whether it does its work. */
@FunctionalInterface
public interface ReadinessProbe {
  /** A child that hangs must not hang its watcher. */
  int TIMEOUT_MILLIS = 2_000;

  /** True once the child is ready; a refused connection is a plain no. */
  boolean ready() throws InterruptedException;

  /** Ready when a GET answers 200. */
  static ReadinessProbe http(URI uri) {
    return () -> {
      try {
        var connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
          return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
          connection.disconnect();
        }
      } catch (IOException e) {
        return false;
      }
    };
  }

  /** Ready when the broker describes its cluster. */
  static ReadinessProbe broker(int port) {
    return () -> {
      // Kafka's client would complain in its log; a bare connection tells as much before.
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      } catch (IOException e) {
        return false;
      }
      Map<String, Object> settings =
          Map.of(
              AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port,
              AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
              AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
      try (var admin = Admin.create(settings)) {
        return !admin
            .describeCluster()
            .nodes()
            .get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
            .isEmpty();
      } catch (ExecutionException | TimeoutException e) {
        return false;
      }
    };
  }
}
