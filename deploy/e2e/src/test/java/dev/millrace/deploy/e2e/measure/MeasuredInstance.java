package dev.millrace.deploy.e2e.measure;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.InferenceInstance;
import dev.millrace.deploy.e2e.pipeline.Packaged;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.process.ChildProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** An instance of inference whose memory, disk space and restoration are measured. */
final class MeasuredInstance implements AutoCloseable {
  /** Many times the usual duration of a restoration, for machines under load. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path state;
  private final int httpPort = InferenceInstance.freePort();
  private final int opsPort = InferenceInstance.freePort();
  private final ChildProcess process;

  /**
   * A restoration, observed over HTTP from the start of the process on.
   *
   * @param ready from the start to the first row that is read
   * @param answers the number of reads by status, {@code 503 Retry-After 1} with that header; 0: it
   *     does not listen yet
   * @param progress the first and the last text of {@code /health/ready} that names a store
   */
  record Restoration(Duration ready, Map<String, Integer> answers, List<String> progress) {}

  MeasuredInstance(RunningPipeline running, Path directory) throws IOException {
    this.state = directory.resolve("state");
    this.process =
        InferenceInstance.withOpsPort(running, directory, opsPort, "--http-port=" + httpPort);
  }

  void start() throws InterruptedException {
    process.start();
    process.awaitReady();
  }

  void stop() {
    process.stop();
  }

  /** Resident memory of the process, from Linux. */
  long residentBytes() throws IOException {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
      String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }

  /** The size of the state directory. */
  long diskBytes() throws IOException {
    return Packaged.filesBeneath(state).stream().mapToLong(file -> file.toFile().length()).sum();
  }

  private String get(int port, String path, String header) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return header.isEmpty()
          ? answer.body()
          : answer
              .headers()
              .firstValue(header)
              .map(value -> "%d %s %s".formatted(answer.statusCode(), header, value))
              .orElse(String.valueOf(answer.statusCode()));
    } catch (IOException e) {
      return header.isEmpty() ? "" : "0";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String readStatus(String entity) {
    return get(httpPort, "/features/merchant/" + entity, "Retry-After");
  }

  /** Waits until the rows of entities are read, through any instance. */
  void awaitRows(List<String> entities) {
    Await.condition(
        "rows of " + entities,
        TIMEOUT,
        () ->
            entities.stream()
                .allMatch(
                    entity ->
                        get(httpPort, "/features/merchant/" + entity, "")
                            .contains("\"found\":true")));
  }

  /** Deletes the state directory, starts the process, and reads an entity until it is found. */
  Restoration restore(String entity) throws IOException {
    try (Stream<Path> files = Files.walk(state)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
    Map<String, Integer> answers = new TreeMap<>();
    List<String> progress = new ArrayList<>();
    long start = System.nanoTime();
    process.start();
    for (String status = ""; !status.equals("200"); answers.merge(status, 1, Integer::sum)) {
      String text = get(opsPort, "/health/ready", "");
      if (text.contains("restoring")) {
        progress.add(text);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      status = readStatus(entity);
    }
    Duration ready = Duration.ofNanos(System.nanoTime() - start);
    return new Restoration(
        ready,
        answers,
        progress.isEmpty()
            ? List.of()
            : List.of(progress.get(0), progress.get(progress.size() - 1)));
  }

  @Override
  public void close() {
    process.close();
  }
}
