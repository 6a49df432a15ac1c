package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Prometheus and Alertmanager as processes, with the files of deploy/prometheus, whose durations
 * are {@link Scaled}. They scrape a local platform and notify an {@link AlertReceiver}.
 */
public final class MonitoringStack implements AutoCloseable {
  /** Each component's port in the example configuration. */
  private static final Map<Component, Integer> PORTS =
      Map.of(
          Component.INGEST, 9101,
          Component.FLINK, 9102,
          Component.INFERENCE, 9103,
          Component.RETRAIN, 9105);

  private static final int RECEIVER_PORT = 9094;
  private static final int ALERTMANAGER_PORT = 9093;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path dir;
  private final URI prometheus;
  private final URI alertmanager;
  private final String config;
  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private MonitoringStack(Path dir, LocalPlatform platform) throws IOException {
    this.dir = dir;
    this.prometheus = URI.create("http://127.0.0.1:" + freePort());
    this.alertmanager = URI.create("http://127.0.0.1:" + freePort());
    this.config = config(platform);
  }

  /** Starts both and waits until they are ready. */
  public static MonitoringStack start(Path dir, LocalPlatform platform, AlertReceiver receiver)
      throws IOException, InterruptedException {
    MonitoringStack stack = new MonitoringStack(dir, platform);
    // Also if the test's process is ended from outside.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stack.processes.forEach(Process::destroy)));
    stack.writeFiles(receiver.port());
    try {
      stack.run("prometheus-alertmanager", stack.alertmanagerArguments());
      stack.run("prometheus", stack.prometheusArguments());
      stack.awaitReady(stack.alertmanager);
      stack.awaitReady(stack.prometheus);
    } catch (RuntimeException | IOException e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  /** The example configuration, with the ports of the platform. */
  private String config(LocalPlatform platform) {
    String text =
        Scaled.text(MonitoringFiles.text(MonitoringFiles.PROMETHEUS.resolve("prometheus.yml")));
    // Of Flink there are thousands of series, which are rendered for each scrape.
    text = text.replace("scrape_interval: 1s", "scrape_interval: 2s");
    text = text.replaceAll("# (- targets: \\[127.0.0.1:9105]\n +)# ( +labels:)", "$1$2");
    for (Map.Entry<Component, Integer> port : PORTS.entrySet()) {
      text =
          text.replace(
              "127.0.0.1:" + port.getValue(),
              platform.endpoints().ops(port.getKey()).getAuthority());
    }
    return text.replace("127.0.0.1:" + ALERTMANAGER_PORT, alertmanager.getAuthority());
  }

  private void writeFiles(int receiverPort) throws IOException {
    Files.createDirectories(dir.resolve("rules"));
    Files.writeString(dir.resolve("prometheus.yml"), config);
    for (Path rules : MonitoringFiles.files(MonitoringFiles.PROMETHEUS.resolve("rules"), ".yml")) {
      Files.writeString(
          dir.resolve("rules").resolve(rules.getFileName()),
          Scaled.text(MonitoringFiles.text(rules)));
    }
    String routes =
        Scaled.text(MonitoringFiles.text(MonitoringFiles.PROMETHEUS.resolve("alertmanager.yml")));
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        routes.replace("127.0.0.1:" + RECEIVER_PORT, "127.0.0.1:" + receiverPort));
  }

  private List<String> prometheusArguments() {
    return List.of(
        "--config.file=" + dir.resolve("prometheus.yml"),
        "--storage.tsdb.path=" + dir.resolve("tsdb"),
        "--web.enable-lifecycle",
        "--web.listen-address=" + prometheus.getAuthority());
  }

  private List<String> alertmanagerArguments() {
    return List.of(
        "--config.file=" + dir.resolve("alertmanager.yml"),
        "--storage.path=" + dir.resolve("alertmanager"),
        "--cluster.listen-address=",
        "--web.listen-address=" + alertmanager.getAuthority());
  }

  private void run(String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(program + ".log").toFile())
            .start());
  }

  private void awaitReady(URI server) {
    Await.condition(
        server + " is ready",
        RunningPipeline.TIMEOUT,
        () -> {
          try {
            return send("GET", server.resolve("/-/ready")).statusCode() == 200;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /**
   * Takes the label of a component from its targets; {@link #restoreTargets} restores it.
   *
   * @param component a regular expression
   */
  public void removeTargets(String component) throws IOException, InterruptedException {
    reload(config.replaceAll("component: " + component + "}", "removed: yes}"));
  }

  public void restoreTargets() throws IOException, InterruptedException {
    reload(config);
  }

  private void reload(String text) throws IOException, InterruptedException {
    Files.writeString(dir.resolve("prometheus.yml"), text);
    HttpResponse<String> answer = send("POST", prometheus.resolve("/-/reload"));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("Prometheus does not reload: " + answer.body());
    }
  }

  /** The result of an expression now; a missing node and the field {@code error} if invalid. */
  public JsonNode query(String expression) throws IOException, InterruptedException {
    String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return JSON.readTree(send("GET", prometheus.resolve("/api/v1/query?query=" + encoded)).body());
  }

  /** The alerts that Prometheus evaluates to pending or firing. */
  public JsonNode alertsOfPrometheus() throws IOException, InterruptedException {
    return JSON.readTree(send("GET", prometheus.resolve("/api/v1/alerts")).body())
        .path("data")
        .path("alerts");
  }

  /** The alerts that Alertmanager has. */
  public JsonNode alertsOfAlertmanager() throws IOException, InterruptedException {
    return JSON.readTree(send("GET", alertmanager.resolve("/api/v2/alerts")).body());
  }

  private HttpResponse<String> send(String method, URI uri)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
