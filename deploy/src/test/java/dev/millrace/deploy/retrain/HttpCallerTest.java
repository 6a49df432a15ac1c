package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.millrace.deploy.retrain.TestReceiver.Answer;
import dev.millrace.deploy.retrain.TestReceiver.Request;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receivers that do not end their answer, and what a request and the texts of answers contain. */
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
        new EndlessReceiver("HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)) {
      assertThat(receiver.call(LONG))
          .isInstanceOfSatisfying(
              CallResult.Refused.class,
              refused -> assertThat(refused.reason()).contains("answered 400: xxx", "x..."));
    }
  }

  /**
   * uvicorn, the server of Airflow 3, loses the body of a request that asks for another protocol.
   */
  @Test
  void aRequestWithoutTlsAsksForNoOtherProtocol() throws Exception {
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      new HttpCaller(InstantSource.system())
          .send(HttpCaller.post(URI.create(server.url()), "{}").build());
      assertThat(server.requests().get(0).headers())
          .containsKeys("Content-type", "Content-length")
          .doesNotContainKeys("Upgrade", "Http2-settings", "Connection");
    }
  }

  /** Triggers of this pipeline have UUIDs; anybody who may write to the topic can write others. */
  @Test
  void anIdThatIsNoHeaderIsRefused() throws Exception {
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      for (String id : new String[] {"", "a\r\nX: y", "a\"b", "\u00e4"}) {
        assertThat(server.webhook().call(id, new ObjectMapper().createObjectNode()))
            .isInstanceOf(CallResult.Refused.class);
      }
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void theQueryOfTheUrlIsNotShown() throws Exception {
    Function<Request, Answer> receiver =
        request -> new Answer(400, Map.of(), "Cannot POST /retrain?key=s3%63ret, key=s3cret");
    try (TestReceiver server = new TestReceiver(receiver)) {
      Webhook webhook =
          new Webhook(
              URI.create(server.url() + "/retrain?key=s3%63ret"),
              new Authorization(null, new Secrets(Map.of())),
              new HttpCaller(InstantSource.system()));
      assertThat(webhook.call("id", new ObjectMapper().createObjectNode()))
          .isEqualTo(
              new CallResult.Refused(
                  server.url() + "/retrain answered 400: Cannot POST /retrain?***, ***"));
    }
  }

  @Test
  void aCertificateThatIsNotTrustedGetsNoRequest(@TempDir Path directory) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(directory.resolve("keys"))));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/retrain");
      Authorization authorization =
          new Authorization(
              new Credentials.Token(new Secret.OfEnvironment("TOKEN")),
              new Secrets(Map.of("TOKEN", "s3cret")));
      assertThat(
              new Webhook(uri, authorization, new HttpCaller(InstantSource.system()))
                  .call("id", new ObjectMapper().createObjectNode()))
          .isInstanceOf(CallResult.Failed.class)
          .asString()
          .contains(uri + " does not answer: SSLHandshakeException", "certification path");
      assertThat(requests).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext selfSigned(Path keys) throws Exception {
    String password = "changeit";
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "receiver",
                "-keyalg",
                "EC",
                "-dname",
                "CN=receiver",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                password,
                "-keystore",
                keys.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance(keys.toFile(), password.toCharArray());
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
