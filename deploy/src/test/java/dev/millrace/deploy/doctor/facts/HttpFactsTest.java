package dev.millrace.deploy.doctor.facts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of a service and of Flink, as they are on the wire. */
@SuppressWarnings("NullAway.Init") // JUnit calls start first.
class HttpFactsTest {
  private HttpServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(
              exchange.getRequestURI().getPath().equals(path) ? status : 404, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @Test
  void aServiceTellsItsProblemVersionAndClock() throws InterruptedException {
    answer("/health/ready", 503, "restoring 7 records\nnote");
    answer(
        "/metrics",
        200,
        "# TYPE x gauge\nmillrace_build_info{pipeline=\"p\",version=\"1.2\"} 1.0\n");
    HttpFacts http = new HttpFacts();
    assertThat(http.service("ingest", url))
        .isEqualTo(new Service(url, "restoring 7 records", "1.2"));
    ClockReading clock = http.clocks().get(0);
    assertThat(clock.of()).isEqualTo("ingest");
    // It is the clock of this machine.
    assertThat(clock.ahead().abs()).isLessThanOrEqualTo(clock.uncertainty());
  }

  @Test
  void aReadyServiceHasNoProblem() throws InterruptedException {
    answer("/health/ready", 200, "ok");
    answer("/metrics", 200, "");
    assertThat(new HttpFacts().service("ingest", url)).isEqualTo(new Service(url, "", ""));
  }

  @Test
  void aServiceThatDoesNotAnswerIsAProblem() throws InterruptedException {
    server.stop(0);
    assertThat(new HttpFacts().service("ingest", url).problem()).contains("does not answer");
    assertThat(new HttpFacts().service("ingest", "no url").problem()).contains("does not answer");
    assertThatThrownBy(() -> new HttpFacts().jobs(url)).isInstanceOf(IOException.class);
  }

  @Test
  void theNewestJobOfANameCounts() throws Exception {
    long checkpointed = Instant.now().minusSeconds(60).toEpochMilli();
    answer(
        "/jobs/overview",
        200,
        """
        {"jobs": [
          {"jid": "a", "name": "drift", "state": "FAILED", "start-time": 1, "duration": 10},
          {"jid": "b", "name": "drift", "state": "RUNNING", "start-time": 5, "duration": 90000},
          {"jid": "c", "name": "features", "state": "RUNNING", "start-time": 2, "duration": 20}]}
        """);
    answer(
        "/jobs/b/checkpoints",
        200,
        "{\"latest\": {\"completed\": {\"latest_ack_timestamp\": %d}}}".formatted(checkpointed));
    answer("/jobs/b/checkpoints/config", 200, "{\"interval\": 2000}");
    answer("/jobs/c/checkpoints", 200, "{\"latest\": {\"completed\": null}}");
    answer("/jobs/c/checkpoints/config", 200, "{\"interval\": 10000}");
    Map<String, Job> jobs = new HttpFacts().jobs(url);
    assertThat(jobs).containsOnlyKeys("drift", "features");
    Job drift = Objects.requireNonNull(jobs.get("drift"));
    assertThat(drift.state()).isEqualTo("RUNNING");
    assertThat(drift.age()).isEqualTo(Duration.ofSeconds(90));
    assertThat(drift.checkpointInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(drift.checkpointAge()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
    assertThat(Objects.requireNonNull(jobs.get("features")).checkpointAge()).isNull();
  }
}
