package dev.millrace.schemas.service.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.service.OpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that begin a request and do not finish it, and clients whose requests take long. */
class UnfinishedRequestsTest {
  /** More than the time for a request, and less than the 30 s after which idle ones are closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(4L * HttpServers.REQUEST_SECONDS);

  private final CountDownLatch started = new CountDownLatch(HttpApi.THREADS);
  private final CountDownLatch finish = new CountDownLatch(1);
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger mostWorking = new AtomicInteger();
  private final List<Socket> unfinished = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpApi api =
      new HttpApi(
          new HttpBinding(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "localhost", 0, null));

  /** A service starts the server of its metrics first. */
  @BeforeAll
  static void metrics() {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    new OpsServer(anyPort, () -> "", () -> "", out -> {}).close();
  }

  private void start() {
    api.start(
        Map.of(
            "/quick", Map.of("GET", call -> "quick".getBytes(UTF_8)),
            "/slow", Map.of("GET", call -> slow())));
  }

  private byte[] slow() {
    mostWorking.accumulateAndGet(working.incrementAndGet(), Math::max);
    started.countDown();
    try {
      finish.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    working.decrementAndGet();
    return "slow".getBytes(UTF_8);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : unfinished) {
      socket.close();
    }
    api.close();
  }

  /** Opens connections, each with the begin of a request's headers. */
  private void begin(int connections) throws Exception {
    for (int i = 0; i < connections; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write("GET /quick HTTP/1.1\r\nHost: ".getBytes(US_ASCII));
      unfinished.add(socket);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + api.port() + path))
        .timeout(PATIENCE)
        .build();
  }

  private String quick() throws Exception {
    return client.send(request("/quick"), BodyHandlers.ofString()).body();
  }

  @Test
  void aRequestIsAnsweredWhileAsManyAsAreWorkedOnAreNotFinished() throws Exception {
    start();
    begin(HttpApi.THREADS);
    assertThat(quick()).isEqualTo("quick");
    unfinished.get(0).getOutputStream().write("x\r\n\r\n".getBytes(US_ASCII));
    assertThat(new String(unfinished.get(0).getInputStream().readNBytes(12), US_ASCII))
        .as("the others were not closed for it")
        .isEqualTo("HTTP/1.1 200");
  }

  @Test
  void unfinishedRequestsOnAllThreadsAreClosed() throws Exception {
    start();
    begin(HttpApi.CONNECTION_THREADS);
    assertThat(quick()).isEqualTo("quick");
    for (Socket socket : unfinished) {
      assertThat(socket.getInputStream().read()).as("closed by the server").isEqualTo(-1);
    }
  }

  @Test
  void aBoundedNumberOfRequestsIsWorkedOn() throws Exception {
    start();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * HttpApi.THREADS; i++) {
      answers.add(
          client
              .sendAsync(request("/slow"), BodyHandlers.ofString())
              .thenApply(HttpResponse::body));
    }
    assertThat(started.await(PATIENCE.toSeconds(), SECONDS)).isTrue();
    // Answered without being worked on, after the requests that came before it were read.
    assertThat(client.send(request("/unknown"), BodyHandlers.ofString()).statusCode())
        .isEqualTo(404);
    finish.countDown();
    for (CompletableFuture<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("slow");
    }
    assertThat(mostWorking.get()).isEqualTo(HttpApi.THREADS);
  }
}
