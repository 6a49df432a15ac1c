package dev.millrace.deploy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The payment simulator as a child process. In a separate process its garbage collections and CPU
 * time do not distort the latencies, which this process measures.
 */
final class Simulator implements AutoCloseable {
  /** The longest window of the features. After it all windows are full. */
  private static final String WARM_UP = "7d";

  /** The rate that the services sustain before their code is compiled. */
  private static final int WARM_UP_RATE = 500;

  /**
   * The latency at which the simulator slows down. An event waits 5 s for its features; a payment
   * that is scored without them would be a real anomaly.
   */
  private static final String MAX_LAG = "2s";

  /** Per simulated day, as in the training data of the model; also customers and merchants. */
  private static final int PAYMENTS_PER_DAY = 2_000;

  /**
   * The rate, in payments per second, up to which a simulated day has {@link #PAYMENTS_PER_DAY}. If
   * days were shorter, the payments of a merchant in other partitions would arrive later in
   * simulated time than in the training data.
   */
  private static final int FASTEST_DAYS_RATE = 1_000;

  private static final int HEAP_MEGABYTES = 192;
  private static final int STOP_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path log;
  private final Thread reader;
  private volatile @Nullable Instant started;
  private volatile @Nullable Instant driftInjectedAt;

  private Simulator(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.reader = new Thread(this::read, "simulator-output");
    reader.setDaemon(true);
    reader.start();
  }

  static Simulator start(
      Distribution distribution,
      Endpoints endpoints,
      Path workDir,
      Path pipeline,
      DemoRun.Script script) {
    Path log = workDir.resolve("logs").resolve("simulator.log");
    List<String> command =
        JavaCommand.withHeap(
                HEAP_MEGABYTES,
                List.of("-Dlogback.configurationFile=" + distribution.serviceLogging()),
                distribution.classpath("deploy"))
            .runChild(
                "dev.millrace.ingest.producer.ProducerMain",
                arguments(endpoints, pipeline, script));
    try {
      Process process =
          new ProcessBuilder(ChildProcess.ignoringTerminalSignals(command))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new Simulator(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator cannot be started; see " + log, e);
    }
  }

  private static List<String> arguments(Endpoints endpoints, Path pipeline, DemoRun.Script script) {
    long events = script.time().toSeconds() * script.rate();
    int perDay = paymentsPerDay(script.rate());
    return List.of(
        "simulate",
        pipeline.toString(),
        "--bootstrap-servers=" + endpoints.bootstrapServers(),
        "--registry=" + endpoints.registryUrl(),
        "--rate=" + script.rate(),
        "--seed=" + script.seed(),
        "--events=" + events,
        "--payments-per-day=" + perDay,
        "--customers=" + perDay,
        "--merchants=" + perDay,
        "--warm-up=" + WARM_UP,
        "--warm-up-rate=" + Math.max(WARM_UP_RATE, script.rate() / 2),
        "--max-lag=" + MAX_LAG,
        "--drift=price-shift",
        "--drift-after=" + events / 2);
  }

  /**
   * Payments per simulated day. Above {@link #FASTEST_DAYS_RATE} there are more customers and
   * merchants, and as many payments of each.
   *
   * @param rate payments per second
   */
  static int paymentsPerDay(int rate) {
    return Math.max(PAYMENTS_PER_DAY, PAYMENTS_PER_DAY / FASTEST_DAYS_RATE * rate);
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** The end of the warm-up; null before. */
  @Nullable Instant started() {
    return started;
  }

  /** The simulated time of the start of the drift; null before. */
  @Nullable Instant driftInjectedAt() {
    return driftInjectedAt;
  }

  /**
   * @throws PlatformException if it has failed
   */
  void requireSuccess() {
    if (process.exitValue() != 0) {
      throw new PlatformException(
          "the simulator failed with exit code %d; see %s".formatted(process.exitValue(), log));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        handle(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void handle(String line) throws JsonProcessingException {
    if (line.startsWith("{")) {
      JsonNode message = JSON.readTree(line);
      if (message.path("event").asText().equals("started")) {
        started = Instant.now();
      }
      JsonNode injected = message.path("driftInjectedAt");
      if (injected.isTextual()) {
        driftInjectedAt = Instant.parse(injected.asText());
      }
    }
  }
}
