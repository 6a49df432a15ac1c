package dev.millrace.inference;

import dev.millrace.inference.onnx.ModelException;
import dev.millrace.inference.onnx.ModelFile;
import dev.millrace.inference.onnx.OnnxModel;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.PipelineException;
import dev.millrace.schemas.pipeline.PipelineFile;
import dev.millrace.schemas.service.OpsServer;
import dev.millrace.schemas.wire.HttpRegistry;
import dev.millrace.schemas.wire.PatientRegistry;
import dev.millrace.schemas.wire.Registry;
import dev.millrace.schemas.wire.RememberingRegistry;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs inference for one pipeline until it is told to stop. */
@Command(
    name = "inference",
    mixinStandardHelpOptions = true,
    description = "Scores events with their features and writes the predictions topic.")
public final class InferenceMain implements Callable<Integer> {
  /** The platform may still be starting. */
  private static final Duration STARTUP_PATIENCE = Duration.ofMinutes(2);

  private static final Duration REPLACEMENT_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(20);

  @Option(names = "--pipeline", required = true, description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Option(
      names = "--bootstrap-servers",
      defaultValue = "${env:MILLRACE_BOOTSTRAP_SERVERS:-localhost:9092}",
      description = "Kafka brokers, HOST:PORT (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String bootstrapServers;

  @Option(
      names = "--registry",
      defaultValue = "${env:MILLRACE_REGISTRY:-http://localhost:8081}",
      description = "Base URL of the schema registry (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String registryUrl;

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR:-${sys:java.io.tmpdir}/millrace}",
      description = "Where state is kept between runs (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  @Option(
      names = "--ops-port",
      defaultValue = "${env:MILLRACE_OPS_PORT:-0}",
      description = "Port of /metrics and /health; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int opsPort;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Stream threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--kafka-properties",
      description = "Properties file with client settings, for TLS and SASL.")
  private @Nullable Path kafkaProperties;

  /** Exits with 0 after a stop, 1 after a failure, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new InferenceMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = PipelineFile.load(pipelineFile);
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Properties client = clientProperties();
    Properties settings = StreamsSettings.of(pipeline, bootstrapServers, stateDir, threads);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        InstanceId.of(stateDir, StreamsSettings.applicationId(pipeline)));
    settings.putAll(client);
    client.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client);
        OnnxModel model = load(pipeline)) {
      Preflight.check(admin, pipeline);
      return run(pipeline, model, settings);
    } catch (ModelException | IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Before anything else starts, so that a process that is ready has its model warm. */
  private static @Nullable OnnxModel load(Pipeline pipeline) {
    Model model = pipeline.model();
    return model == null || model.path() == null
        ? null
        : OnnxModel.load(ModelFile.read(model.path()), model.inputs(), model.score());
  }

  private int run(Pipeline pipeline, @Nullable OnnxModel model, Properties settings)
      throws InterruptedException {
    DefaultExports.initialize();
    InferenceMetrics metrics = new InferenceMetrics(pipeline, CollectorRegistry.defaultRegistry);
    ScoringPlan plan = plan(pipeline, model, metrics);
    CountDownLatch stopped = new CountDownLatch(1);
    try (KafkaStreams streams = new KafkaStreams(InferenceTopology.build(plan), settings);
        OpsServer ops = new OpsServer(opsPort, () -> live(streams), () -> ready(streams))) {
      streams.setUncaughtExceptionHandler(new ThreadReplacement(metrics, REPLACEMENT_PAUSE));
      streams.setStateListener(
          (now, before) -> {
            if (now == State.ERROR || now == State.NOT_RUNNING) {
              stopped.countDown();
            }
          });
      Thread hook = new Thread(() -> streams.close(SHUTDOWN_LIMIT), "inference-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      streams.start();
      System.out.printf(
          "inference of %s: http://localhost:%d/health/ready%n", pipeline.name(), ops.port());
      stopped.await();
      return streams.state() == State.ERROR
          ? CommandLine.ExitCode.SOFTWARE
          : CommandLine.ExitCode.OK;
    }
  }

  private ScoringPlan plan(Pipeline pipeline, @Nullable OnnxModel model, InferenceMetrics metrics) {
    Registry known = new RememberingRegistry(new HttpRegistry(registryUrl));
    Champion champion =
        model == null || pipeline.model() == null
            ? null
            : new Champion(pipeline.model().name(), model.version(), model::scorer);
    int schemaId = ScoringPlan.register(pipeline, new PatientRegistry(known, STARTUP_PATIENCE));
    return new ScoringPlan(pipeline, ViewPlan.of(pipeline), champion, known, schemaId, metrics);
  }

  private static String live(KafkaStreams streams) {
    State state = streams.state();
    return state.hasNotStarted() || state.isRunningOrRebalancing() ? "" : "streams are " + state;
  }

  /** Streams are RUNNING when every store of every task is restored. */
  private static String ready(KafkaStreams streams) {
    return streams.state() == State.RUNNING ? "" : "streams are " + streams.state();
  }

  private Properties clientProperties() throws IOException {
    Properties properties = new Properties();
    if (kafkaProperties != null) {
      try (InputStream in = Files.newInputStream(kafkaProperties)) {
        properties.load(in);
      }
    }
    return properties;
  }
}
