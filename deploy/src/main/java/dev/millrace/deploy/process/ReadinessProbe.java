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

/** Checks once whether a child process is ready. */
@FunctionalInterface
public interface ReadinessProbe {
  /** Limits the time of one check of a child that does not answer. */
  int TIMEOUT_MILLIS = 2_000;

  /** For a connection on the loopback interface. */
  int CONNECT_TIMEOUT_MILLIS = 500;

  /** True if the child is ready; false if the connection is refused. */
  boolean isReady() throws InterruptedException;

  /** Ready when the answer to a GET is 200. */
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
      // A plain connection first: Kafka's client logs warnings while the port is closed.
      try (var socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MILLIS);
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
