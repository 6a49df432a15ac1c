package dev.millrace.deploy.evolution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The answers are those of Flink's REST API for a job that is restarted at each request for it. */
@Timeout(60)
class FlinkJobsTest {
  private final HttpServer flink;
  private final FlinkJobs jobs;
  private String state = "RESTARTING";
  private int restarts;
  private int checkpoints;

  FlinkJobsTest() throws IOException {
    flink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    jobs = new FlinkJobs("http://127.0.0.1:" + flink.getAddress().getPort());
  }

  @BeforeEach
  void start() {
    flink.createContext("/", this::answer);
    flink.start();
  }

  @AfterEach
  void stop() {
    flink.stop(0);
  }

  @Test
  void waitingForAJobThatFailsAgainAndAgainEnds() {
    assertThatThrownBy(() -> jobs.awaitRunning("a1"))
        .isInstanceOf(PlatformException.class)
        .hasMessage(
            "job features fails again and again without completing a checkpoint, last: java.io.IOException: no space");
    assertThat(jobs.isFailing("a1")).isTrue();
  }

  @Test
  void aJobThatRunsIsNotFailing() throws InterruptedException {
    state = "RUNNING";
    checkpoints = 1;
    jobs.awaitRunning("a1");
    assertThat(jobs.isFailing("a1")).isFalse();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = text(exchange.getRequestURI().toString()).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String text(String path) {
    return switch (path) {
      case "/jobs/overview" ->
          "{\"jobs\":[{\"jid\":\"a1\",\"name\":\"features\",\"state\":\"%s\"}]}".formatted(state);
      case "/jobs/a1" -> "{\"vertices\":[{\"status\":\"%s\"}]}".formatted(state);
      case "/jobs/a1/metrics?get=numRestarts" ->
          "[{\"id\":\"numRestarts\",\"value\":\"%d\"}]".formatted(restarts++);
      case "/jobs/a1/checkpoints" -> "{\"counts\":{\"completed\":%d}}".formatted(checkpoints);
      case "/jobs/a1/exceptions" ->
          "{\"exceptionHistory\":{\"entries\":[{\"stacktrace\":\"java.io.IOException: no space\\n\\tat x\"}]}}";
      default -> throw new IllegalArgumentException(path);
    };
  }
}
