package dev.millrace.ingest;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.PipelineException;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.StreamsOptions;
import dev.millrace.schemas.streams.StreamsService;
import dev.millrace.schemas.streams.ThreadReplacement;
import dev.millrace.schemas.wire.HttpRegistry;
import dev.millrace.schemas.wire.PatientRegistry;
import dev.millrace.schemas.wire.Registry;
import dev.millrace.schemas.wire.SchemaLookups;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs ingest for one pipeline until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Checks producers' events and writes the clean, late and dead-letter topics.")
public final class RunCommand implements Callable<Integer> {
  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final StreamsOptions streams = new StreamsOptions();

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR:-millrace-state}",
      description = "Where state is kept between runs (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline;
    try {
      pipeline = options.pipeline();
    } catch (PipelineException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Properties client = options.clientProperties();
    Properties settings =
        StreamsSettings.of(pipeline, options.bootstrapServers(), stateDir, streams.threads());
    settings.putAll(client);
    try (Admin admin = Admin.create(client)) {
      Preflight.check(admin, pipeline);
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    IngestMetrics metrics = new IngestMetrics(pipeline.name(), CollectorRegistry.defaultRegistry);
    return run(pipeline, settings, metrics);
  }

  private int run(Pipeline pipeline, Properties settings, IngestMetrics metrics)
      throws InterruptedException {
    Registry registry = new HttpRegistry(options.registryUrl());
    Map<String, Integer> cleanSchemaIds =
        IngestTopology.register(
            pipeline, new PatientRegistry(registry, ServiceOptions.STARTUP_PATIENCE));
    Topology topology =
        IngestTopology.build(
            pipeline, cleanSchemaIds, new SchemaLookups(registry), Clock.systemUTC(), metrics);
    ThreadReplacement replacement =
        new ThreadReplacement(StreamsException.class::isInstance, metrics::threadDied);
    return new StreamsService(
            "ingest", pipeline, topology, settings, replacement, streams.opsPort())
        .run();
  }
}
