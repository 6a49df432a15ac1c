package dev.millrace.ingest;

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
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs ingest for one pipeline until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Checks producers' events and writes the clean, late and dead-letter topics.")
public final class RunCommand implements Callable<Integer> {
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
      defaultValue = "${env:MILLRACE_STATE_DIR:-millrace-state}",
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

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = PipelineFile.load(pipelineFile);
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Properties settings = StreamsSettings.of(pipeline, bootstrapServers, stateDir, threads);
    settings.putAll(clientProperties());
    try (Admin admin = Admin.create(adminSettings())) {
      Preflight.check(admin, pipeline);
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    DefaultExports.initialize();
    IngestMetrics metrics = new IngestMetrics(pipeline.name(), CollectorRegistry.defaultRegistry);
    return run(pipeline, settings, metrics);
  }

  private int run(Pipeline pipeline, Properties settings, IngestMetrics metrics)
      throws InterruptedException {
    // Outermost is the patience: a thread waits, but only for what memory cannot answer.
    Registry known = new RememberingRegistry(new HttpRegistry(registryUrl));
    Map<String, Integer> cleanSchemaIds =
        IngestTopology.register(pipeline, new PatientRegistry(known, STARTUP_PATIENCE));
    Registry registry = new PatientRegistry(known, StreamsSettings.REGISTRY_PATIENCE);
    CountDownLatch stopped = new CountDownLatch(1);
    try (KafkaStreams streams =
            new KafkaStreams(
                IngestTopology.build(
                    pipeline, cleanSchemaIds, registry, Clock.systemUTC(), metrics),
                settings);
        OpsServer ops = new OpsServer(opsPort, () -> live(streams), () -> ready(streams))) {
      streams.setUncaughtExceptionHandler(new ThreadReplacement(metrics, REPLACEMENT_PAUSE));
      streams.setStateListener(
          (now, before) -> {
            if (now == State.ERROR || now == State.NOT_RUNNING) {
              stopped.countDown();
            }
          });
      Thread hook = new Thread(() -> streams.close(SHUTDOWN_LIMIT), "ingest-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      streams.start();
      System.out.printf(
          "ingest of %s: http://localhost:%d/health/ready%n", pipeline.name(), ops.port());
      stopped.await();
      return streams.state() == State.ERROR
          ? CommandLine.ExitCode.SOFTWARE
          : CommandLine.ExitCode.OK;
    }
  }

  private static String live(KafkaStreams streams) {
    State state = streams.state();
    return state.hasNotStarted() || state.isRunningOrRebalancing() ? "" : "streams are " + state;
  }

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

  private Properties adminSettings() throws IOException {
    Properties properties = clientProperties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }
}
