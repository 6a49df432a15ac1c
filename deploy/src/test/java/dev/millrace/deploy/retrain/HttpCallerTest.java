package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Receivers that do not end their answer. */
class HttpCallerTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  /** Longer than any answer that ends within these tests. */
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Writes the begin of an answer and 4,096 times a part of it, and then nothing more. */
  private static final class EndlessReceiver implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    /** Completed when the caller has closed the connection. */
    private final CompletableFuture<Void> left = new CompletableFuture<>();

    EndlessReceiver(String begin, String repeated) throws IOException {
      Thread thread = new Thread(() -> answer(begin, repeated), "receiver");
      thread.setDaemon(true);
      thread.start();
    }

    private void answer(String begin, String repeated) {
      try (Socket socket = server.accept()) {
        BufferedReader request =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        OutputStream answer = socket.getOutputStream();
        String header = request.readLine();
        while (header != null && !header.isEmpty()) {
          header = request.readLine();
        }
        assertThat(request.read()).isEqualTo('{');
        assertThat(request.read()).isEqualTo('}');
        answer.write(begin.getBytes(UTF_8));
        answer.flush();
        for (int i = 0; i < 4_096; i++) {
          answer.write(repeated.getBytes(UTF_8));
        }
        assertThat(request.read()).isNegative();
      } catch (IOException e) {
        // The caller has closed the connection while it was written to or read from.
      }
      left.complete(null);
    }

    CallResult call(Duration timeout) throws InterruptedException {
      return new Webhook(
              URI.create("http://127.0.0.1:" + server.getLocalPort() + "/retrain"),
              new Authorization(null, new Secrets(Map.of())),
              new HttpCaller(InstantSource.system(), timeout))
          .call("id", new ObjectMapper().createObjectNode());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  @Timeout(30)
  void anAnswerWithoutItsBodyIsAFailedCall() throws Exception {
    try (EndlessReceiver receiver =
        new EndlessReceiver("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab", "")) {
      assertThat(receiver.call(TIMEOUT))
          .isInstanceOfSatisfying(
              CallResult.Failed.class,
              failed ->
                  assertThat(failed.reason())
                      .contains("does not answer", "no complete answer within 300 ms"));
      receiver.left.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  @Timeout(30)
  void aReceiverThatAcceptsTheRequestAndIsSilentIsAFailedCall() throws Exception {
    try (EndlessReceiver receiver = new EndlessReceiver("", "")) {
      assertThat(receiver.call(TIMEOUT)).isInstanceOf(CallResult.Failed.class);
      receiver.left.get(20, TimeUnit.SECONDS);
    }
  }

  /** Only the begin of a body is read, since only that is shown. */
  @Test
  @Timeout(30)
  void aBodyWithoutEndIsNotReadToItsEnd() throws Exception {
    String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
    try (EndlessReceiver receiver =
        new EndlessReceiver("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)) {
      assertThat(receiver.call(LONG)).isEqualTo(new CallResult.Accepted(202));
      receiver.left.get(20, TimeUnit.SECONDS);
    }
    try (EndlessReceiver receiver =
        new EndlessReceiver("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)) {
      assertThat(receiver.call(LONG))
          .isInstanceOfSatisfying(
              CallResult.Refused.class,
              refused -> assertThat(refused.reason()).contains("answered 404: xxx", "x..."));
    }
  }
}
