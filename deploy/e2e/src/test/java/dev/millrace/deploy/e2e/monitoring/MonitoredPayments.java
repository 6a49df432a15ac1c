package dev.millrace.deploy.e2e.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.e2e.expected.ShadowCheck;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The example of payments with a shadow and a webhook for retraining, and its load. */
public final class MonitoredPayments implements AutoCloseable {
  private static final long LAST_MONTH_MILLIS = 1_764_547_200_000L;

  private final Path file;
  private final RunningPipeline running;
  private final HttpServer webhook;
  private final AtomicInteger answer;
  private final AvroEncoder encoder;
  private final AtomicInteger ids = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Process load;

  private MonitoredPayments(
      Path file, RunningPipeline running, HttpServer webhook, AtomicInteger answer) {
    this.file = file;
    this.running = running;
    this.webhook = webhook;
    this.answer = answer;
    Source source = running.pipeline().scored();
    this.encoder = AvroEncoder.forTopic(running.registry(), source.topic(), source.schema());
  }

  /** Starts the platform. The webhook answers 503 at first. */
  public static MonitoredPayments start(Path dir) throws IOException, InterruptedException {
    AtomicInteger answer = new AtomicInteger(503);
    HttpServer webhook =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(answer.get(), -1);
          }
        });
    webhook.start();
    try {
      Path file = pipeline(dir, webhook.getAddress().getPort());
      return new MonitoredPayments(
          file, RunningPipeline.start(dir.resolve("platform"), file), webhook, answer);
    } catch (RuntimeException | IOException e) {
      webhook.stop(0);
      throw e;
    }
  }

  private static Path pipeline(Path dir, int webhookPort) throws IOException {
    Path copy =
        Packaged.copy(Packaged.DISTRIBUTION.home().resolve("examples/payments"), dir.resolve("p"));
    Path file = copy.resolve("pipeline.yaml");
    String text = Files.readString(file);
    assertThat(text).contains("min_labels: 1000");
    ShadowCheck.copyOfModel(copy.resolve("model"), copy.resolve("shadow"));
    return Files.writeString(
        file,
        text.replace(
                "min_labels: 1000",
                "min_labels: 1, call: {url: 'http://127.0.0.1:%d'}".formatted(webhookPort))
            .replace("  path: model\n", "  path: model\n  shadow: shadow\n"));
  }

  public RunningPipeline running() {
    return running;
  }

  /**
   * Starts payments: eight days for the views and the calm windows, then a day each 10 seconds,
   * with other prices from the second day on. They end with {@link #close}.
   */
  public void startLoad() {
    try {
      load =
          Packaged.start(
              running.platform(),
              "simulate",
              file.toString(),
              "--for=20m",
              "--rate=100",
              "--seed=3",
              "--bad-share=0",
              "--payments-per-day=1000",
              "--customers=1000",
              "--merchants=1000",
              "--warm-up=8d",
              "--warm-up-rate=500",
              "--drift=price-shift",
              "--drift-after=2000");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A payment that is later than any lateness. */
  public ProducerRecord<byte[], byte[]> late() {
    Source source = running.pipeline().scored();
    GenericRecord payment = new GenericData.Record(source.schema());
    payment.put("payment_id", "late-" + ids.incrementAndGet());
    payment.put("customer_id", "c-late");
    payment.put("merchant_id", "m-late");
    payment.put("device_id", "d-late");
    payment.put("amount", 1.0);
    payment.put("country", "DE");
    payment.put(
        "channel",
        new GenericData.EnumSymbol(source.schema().getField("channel").schema(), "ONLINE"));
    payment.put("paid_at", LAST_MONTH_MILLIS);
    return new ProducerRecord<>(source.topic(), "c-late".getBytes(UTF_8), encoder.encode(payment));
  }

  /** Sets the status with which the webhook answers triggers. */
  public void answerTriggersWith(int status) {
    answer.set(status);
  }

  /** Acknowledges an alert of drift. */
  public void acknowledge(String cause) throws IOException, InterruptedException {
    Packaged.run(
        running.platform(), "drift", "ack", file.toString(), "--alert=" + cause, "--reason=test");
  }

  /** Cancels the drift job by Flink's REST API. */
  public void cancelDriftJob() throws IOException, InterruptedException {
    URI rest = running.platform().endpoints().flinkRest();
    JsonNode jobs = new ObjectMapper().readTree(send("GET", rest.resolve("/jobs/overview")));
    for (JsonNode job : jobs.path("jobs")) {
      if (job.path("name").asText().endsWith("drift")) {
        send("PATCH", rest.resolve("/jobs/" + job.path("jid").asText() + "?mode=cancel"));
        return;
      }
    }
    throw new IllegalStateException("no drift job among " + jobs);
  }

  private String send(String method, URI uri) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    if (load != null) {
      load.destroy();
    }
    running.close();
    webhook.stop(0);
  }
}
