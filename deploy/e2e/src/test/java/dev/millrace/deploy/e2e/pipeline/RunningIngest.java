package dev.millrace.deploy.e2e.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.Cli;
import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Endpoints;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.ReadinessProbe;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A broker, a registry and ingest, which can be started again with another pipeline file. */
public final class RunningIngest implements AutoCloseable {
  /** Many times the usual duration of any wait, for machines under load. */
  public static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final Path directory;
  private final LocalPlatform platform;
  private int opsPort;
  private @Nullable ChildProcess ingest;

  /** What a command printed. */
  public record Output(int exitCode, String out, String err) {}

  /** Starts broker and registry; {@link #start(Path)} starts ingest. */
  public RunningIngest(Path directory) throws InterruptedException {
    this.directory = directory;
    this.platform =
        LocalPlatform.start(
            PlatformConfig.of(Packaged.DISTRIBUTION, directory.resolve("platform"), null)
                .withPorts(Map.of(Component.BROKER, 0, Component.REGISTRY, 0)),
            System.out::println);
  }

  /** Starts ingest with a pipeline file, after it has stopped the one that runs. */
  public void start(Path pipelineFile) throws IOException, InterruptedException {
    stop();
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    PipelineTopics.create(cluster(), pipeline);
    opsPort = freePort();
    Files.createDirectories(directory.resolve("ingest"));
    ChildProcess child =
        new ChildProcess(
            new ChildSpec(
                "ingest",
                command(pipelineFile),
                directory.resolve("ingest"),
                directory.resolve("ingest/ingest.log"),
                ReadinessProbe.http(ops("/health/ready")),
                TIMEOUT),
            exit -> System.out.println(exit.message()));
    ingest = child;
    child.start();
    child.awaitReady();
  }

  private List<String> command(Path pipelineFile) {
    Endpoints endpoints = platform.endpoints();
    return JavaCommand.withHeap(
            384,
            List.of(
                Packaged.JIT,
                "-Dlogback.configurationFile=" + Packaged.DISTRIBUTION.serviceLogging()),
            Packaged.DISTRIBUTION.classpath("ingest", "streams"))
        .runChild(
            "dev.millrace.ingest.IngestMain",
            List.of(
                "run",
                "--pipeline=" + pipelineFile,
                "--bootstrap-servers=" + endpoints.bootstrapServers(),
                "--registry=" + endpoints.registryUrl(),
                "--state-dir=" + directory.resolve("ingest/state"),
                "--ops-port=" + opsPort));
  }

  /** Stops ingest, if it runs. */
  public void stop() {
    if (ingest != null) {
      ingest.stop();
      ingest = null;
    }
  }

  public Cluster cluster() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", platform.endpoints().bootstrapServers());
    return new Cluster(settings, platform.endpoints().registryUrl());
  }

  public Registry registry() {
    // On a machine under load a call takes longer than the client's timeout of 3 s.
    return Registry.http(platform.endpoints().registryUrl()).retrying(TIMEOUT);
  }

  /** Every committed record of a topic, except progress records. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicReader.read(
        cluster().clientSettings(),
        List.of(topic),
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            records.add(record);
          }
        });
    return records;
  }

  /** Waits until a topic has this number of committed records, and returns them. */
  public List<ConsumerRecord<byte[], byte[]>> await(String topic, int count) {
    Await.condition(
        "%d records in %s".formatted(count, topic), TIMEOUT, () -> read(topic).size() >= count);
    return read(topic);
  }

  /** The metrics of ingest. */
  public String metrics() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(ops("/metrics")).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private URI ops(String path) {
    return URI.create("http://127.0.0.1:" + opsPort + path);
  }

  /** Runs a command of the command line on the cluster, in this JVM. */
  public Output millrace(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--bootstrap-servers=" + cluster().bootstrapServers());
    all.add("--registry=" + cluster().registryUrl());
    PrintStream standardOut = System.out;
    PrintStream standardErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (PrintStream capturedOut = new PrintStream(out, false, UTF_8);
        PrintStream capturedErr = new PrintStream(err, false, UTF_8)) {
      System.setOut(capturedOut);
      System.setErr(capturedErr);
      code = Cli.execute(all.toArray(String[]::new));
    } finally {
      System.setOut(standardOut);
      System.setErr(standardErr);
    }
    return print(all, new Output(code, out.toString(UTF_8), err.toString(UTF_8)));
  }

  /** Runs a program. */
  public Output run(List<String> command) throws IOException, InterruptedException {
    Path err = Files.createTempFile(directory, "command", ".err");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.waitFor();
    return print(command, new Output(code, out, Files.readString(err)));
  }

  private static Output print(List<String> command, Output output) {
    System.out.printf("%s%n%s%s", String.join(" ", command), output.out(), output.err());
    return output;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
    platform.close();
  }
}
