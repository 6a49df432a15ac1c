package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningRetrain;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of retraining triggers on a real broker and registry, with a server in place of Airflow
 * 3: an outage of it, a {@code kill -9} between call and commit, a refusal.
 */
class RetrainCallIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUNS = "/api/v2/dags/retrain/dagRuns";
  private static final String HELD = "held";
  private static final String REFUSED = "refused";

  private final Set<String> runs = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final CountDownLatch killed = new CountDownLatch(1);
  private volatile boolean isUp;

  @Test
  void eachTriggerStartsOneRun(@TempDir Path directory) throws Exception {
    HttpServer airflow = airflow();
    Path pipeline = pipeline(directory, airflow.getAddress().getPort());
    try (RunningRetrain retrain = new RunningRetrain(directory, pipeline)) {
      retrain.write(trigger("first"));
      retrain.start();
      Await.condition(
          "an outage in the health of the service",
          TIMEOUT,
          () -> retrain.get("/health/ready").contains("the call of trigger first has failed"));
      assertThat(retrain.get("/health/ready")).startsWith("ok\n");

      isUp = true;
      Await.condition("the first run", TIMEOUT, () -> runs.contains("first"));
      retrain.write(trigger(HELD));
      Await.condition("the run whose answer is held", TIMEOUT, () -> runs.contains(HELD));
      retrain.child().killHard();
      killed.countDown();
      retrain.child().restart();
      retrain.child().awaitReady();
      Await.condition("the repeated call", TIMEOUT, () -> calls.getOrDefault(HELD, 0) == 2);

      retrain.write(trigger(REFUSED));
      List<ConsumerRecord<byte[], byte[]>> letters = retrain.awaitDeadLetters(1);
      assertThat(WireHeaders.text(letters.get(0).headers(), WireHeaders.ERROR_CODE))
          .isEqualTo("CALL_REFUSED");
      assertThat(WireHeaders.text(letters.get(0).headers(), WireHeaders.ERROR_DETAIL))
          .contains(RUNS + " answered 422");
      String metrics = retrain.get("/metrics");
      assertThat(metrics)
          .contains("millrace_retrain_calls_total{pipeline=\"flights\",result=\"known\",} 1.0")
          .contains("millrace_retrain_calls_total{pipeline=\"flights\",result=\"refused\",} 1.0")
          .contains("millrace_retrain_expired_triggers_total{pipeline=\"flights\",} 0.0");

      retrain.child().stop();
      retrain.child().restart();
      retrain.child().awaitReady();
      retrain.write(trigger("last"));
      Await.condition("the last run", TIMEOUT, () -> runs.contains("last"));
      // Neither was called again after its answer had been committed.
      assertThat(calls).containsEntry(HELD, 2).containsEntry(REFUSED, 1);
      assertThat(runs).containsExactlyInAnyOrder("first", HELD, "last");
    } finally {
      airflow.stop(0);
    }
  }

  private static Path pipeline(Path directory, int port) throws IOException {
    Files.writeString(directory.resolve("password"), "right\n");
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    String call =
        "call: {url: 'http://127.0.0.1:%d', airflow: {dag: retrain}, login: {user: millrace, password: {file: password}}}"
            .formatted(port);
    String text = Files.readString(file);
    assertThat(text).contains("min_labels: 5000");
    return Files.writeString(file, text.replace("min_labels: 5000", "min_labels: 5000, " + call));
  }

  private HttpServer airflow() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "airflow");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/auth/token", exchange -> answer(exchange, isUp ? 201 : 503));
    server.createContext(RUNS, this::startRun);
    server.start();
    return server;
  }

  private void startRun(HttpExchange exchange) throws IOException {
    JsonNode body = JSON.readTree(exchange.getRequestBody());
    String id = body.path("dag_run_id").asText();
    calls.merge(id, 1, Integer::sum);
    if (id.equals(REFUSED) || !body.path("conf").path("id").asText().equals(id)) {
      answer(exchange, 422);
      return;
    }
    boolean isNew = runs.add(id);
    if (isNew && id.equals(HELD)) {
      try {
        killed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    answer(exchange, isNew ? 200 : 409);
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    try (exchange) {
      byte[] body = "{\"access_token\": \"jwt\"}".getBytes(UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static RetrainingTrigger trigger(String id) {
    Instant now = Instant.now();
    return RetrainingTrigger.newBuilder()
        .setId(id)
        .setPipeline("flights")
        .setModel("lateness")
        .setModelVersion("0123456789ab")
        .setReferenceDigest("")
        .setCause(RetrainingCause.DATA)
        .setEpisode(1)
        .setMessage("Retrain model flights/lateness")
        .setAt(now)
        .setPublishedAt(now)
        .setEvidence(List.of())
        .setData(new TrainingData("", now, now, "", List.of(), 0L, 0L, 0, now, 0L))
        .build();
  }
}
