package dev.millrace.deploy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.Endpoints;
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

/** The payment simulator of the ingest module, as a child process. */
final class Simulator implements AutoCloseable {
  /** The longest window of the payments' features: they are full when the demo begins. */
  private static final String WARM_UP = "7d";

  /** What the loop keeps up with while its code is still cold. */
  private static final int WARM_UP_RATE = 500;

  /** In simulated time; the model was trained on so many. */
  static final int PAYMENTS_PER_DAY = 2_000;

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
    long events = script.time().toSeconds() * script.rate();
    Path log = workDir.resolve("logs").resolve("simulator.log");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=" + distribution.serviceLogging(),
            "-cp",
            distribution.classpath("deploy"),
            "dev.millrace.ingest.producer.ProducerMain",
            "simulate",
            "--pipeline=" + pipeline,
            "--bootstrap-servers=" + endpoints.bootstrapServers(),
            "--registry=" + endpoints.registryUrl(),
            "--rate=" + script.rate(),
            "--seed=" + script.seed(),
            "--events=" + events,
            "--payments-per-day=" + PAYMENTS_PER_DAY,
            "--warm-up=" + WARM_UP,
            "--warm-up-rate=" + WARM_UP_RATE,
            "--drift=price-shift",
            "--drift-after=" + events / 2);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new Simulator(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator cannot be started", e);
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** When the features' windows were full and the steady payments began; null before. */
  @Nullable Instant started() {
    return started;
  }

  /** Simulated time from which on payments are different; null before. */
  @Nullable Instant driftInjectedAt() {
    return driftInjectedAt;
  }

  /**
   * @throws PlatformException if it ended with an error
   */
  void requireSuccess() {
    if (process.exitValue() != 0) {
      throw new PlatformException(
          "the simulator ended with exit code %d; see %s".formatted(process.exitValue(), log));
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
        notice(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void notice(String line) throws JsonProcessingException {
    if (line.startsWith("{")) {
      JsonNode news = JSON.readTree(line);
      if (news.path("event").asText().equals("started")) {
        started = Instant.now();
      }
      JsonNode injected = news.path("driftInjectedAt");
      if (injected.isTextual()) {
        driftInjectedAt = Instant.parse(injected.asText());
      }
    }
  }
}
