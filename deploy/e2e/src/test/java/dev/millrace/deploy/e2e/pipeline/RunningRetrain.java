package dev.millrace.deploy.e2e.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.ReadinessProbe;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker, a registry, and the service that calls for retraining triggers. */
public final class RunningRetrain implements AutoCloseable {
  private static final int HEAP_MEGABYTES = 96;

  private final LocalPlatform platform;
  private final Pipeline pipeline;
  private final int opsPort;
  private final ChildProcess child;

  /** Starts broker and registry, and creates the topics; {@link #start} starts the service. */
  public RunningRetrain(Path directory, Path pipelineFile)
      throws IOException, InterruptedException {
    pipeline = PipelineFile.load(pipelineFile);
    platform =
        LocalPlatform.start(
            PlatformConfig.of(Packaged.DISTRIBUTION, directory.resolve("platform"), null)
                .withPorts(Map.of(Component.BROKER, 0, Component.REGISTRY, 0)),
            System.out::println);
    PipelineTopics.create(cluster(), pipeline);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      opsPort = socket.getLocalPort();
    }
    Path home = Files.createDirectories(directory.resolve("retrain"));
    child =
        new ChildProcess(
            new ChildSpec(
                "retrain",
                command(pipelineFile),
                home,
                home.resolve("retrain.log"),
                ReadinessProbe.http(ops("/health/ready")),
                RunningIngest.TIMEOUT),
            exit -> System.out.println(exit.message()));
  }

  private List<String> command(Path pipelineFile) {
    return JavaCommand.withHeap(
            HEAP_MEGABYTES,
            List.of(
                Packaged.JIT,
                "-Dlogback.configurationFile=" + Packaged.DISTRIBUTION.serviceLogging()),
            Packaged.DISTRIBUTION.classpath("deploy"))
        .runChild(
            "dev.millrace.deploy.retrain.RetrainMain",
            List.of(
                "--pipeline=" + pipelineFile,
                "--bootstrap-servers=" + platform.endpoints().bootstrapServers(),
                "--registry=" + platform.endpoints().registryUrl(),
                "--ops-port=" + opsPort));
  }

  /** Starts the service and waits until it is ready. */
  public void start() throws InterruptedException {
    child.start();
    child.awaitReady();
  }

  public ChildProcess child() {
    return child;
  }

  /** Writes a trigger as the drift job does. */
  public void write(RetrainingTrigger trigger) throws InterruptedException, ExecutionException {
    String topic = Topics.retrainingTriggers(pipeline);
    Registry registry =
        Registry.http(platform.endpoints().registryUrl()).retrying(RunningIngest.TIMEOUT);
    AvroEncoder encoder = AvroEncoder.forTopic(registry, topic, RetrainingTrigger.getClassSchema());
    try (var producer =
        new KafkaProducer<>(
            cluster().clientSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(topic, trigger.getId().getBytes(UTF_8), encoder.encode(trigger)))
          .get();
    }
  }

  /** Waits until there are this many dead letters, and returns them. */
  public List<ConsumerRecord<byte[], byte[]>> awaitDeadLetters(int count) {
    Await.condition(
        count + " dead letters", RunningIngest.TIMEOUT, () -> deadLetters().size() >= count);
    return deadLetters();
  }

  private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicReader.read(
        cluster().clientSettings(), List.of(Topics.deadLetters(pipeline)), records::add);
    return records;
  }

  /** What the service answers. */
  public String get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(ops(path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private URI ops(String path) {
    return URI.create("http://127.0.0.1:" + opsPort + path);
  }

  private Cluster cluster() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", platform.endpoints().bootstrapServers());
    return new Cluster(settings, platform.endpoints().registryUrl());
  }

  @Override
  public void close() {
    child.stop();
    platform.close();
  }
}
