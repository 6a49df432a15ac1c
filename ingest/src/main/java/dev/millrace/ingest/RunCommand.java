package dev.millrace.ingest;

import dev.millrace.ingest.topics.ChangelogTopics;
import dev.millrace.ingest.topics.Preflight;
import dev.millrace.ingest.topics.RekeyedTopicCleanup;
import dev.millrace.ingest.topology.IngestMetrics;
import dev.millrace.ingest.topology.IngestTopology;
import dev.millrace.ingest.topology.StreamsSettings;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import dev.millrace.schemas.streams.service.StreamsOptions;
import dev.millrace.schemas.streams.service.StreamsService;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs ingest for one pipeline until the process is stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Checks producers' events and writes the clean, late and dead-letter topics.")
public final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  @Mixin private final ServiceOptions options = new ServiceOptions();
  @Mixin private final StreamsOptions streams = new StreamsOptions();

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
        StreamsSettings.of(
            pipeline, options.bootstrapServers(), streams.stateDir(), streams.threads());
    settings.putAll(client);
    try (Admin admin = Admin.create(client)) {
      Preflight.check(admin, pipeline);
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    IngestMetrics metrics = new IngestMetrics(pipeline.name(), CollectorRegistry.defaultRegistry);
    try (Admin admin = Admin.create(client)) {
      ScheduledExecutorService cleanup =
          new RekeyedTopicCleanup(
                  pipeline,
                  RekeyedTopicCleanup.cluster(admin, StreamsSettings.applicationId(pipeline)))
              .start();
      try {
        return run(pipeline, settings, metrics, admin);
      } finally {
        cleanup.shutdownNow();
      }
    }
  }

  private int run(Pipeline pipeline, Properties settings, IngestMetrics metrics, Admin admin)
      throws InterruptedException {
    Registry registry = Registry.http(options.registryUrl());
    Map<String, Integer> cleanSchemaIds =
        IngestTopology.register(pipeline, registry.retrying(ServiceOptions.STARTUP_RETRY_TIMEOUT));
    Topology topology =
        IngestTopology.build(
            pipeline, cleanSchemaIds, new SchemaLookups(registry), Clock.systemUTC(), metrics);
    ThreadReplacement replacement =
        new ThreadReplacement(
            pipeline.name(),
            StreamsException.class::isInstance,
            error -> {
              metrics.threadDied(error);
              fitChangelogs(error, admin, pipeline);
            });
    return new StreamsService(
            "ingest", pipeline, topology, settings, replacement, streams.opsPort())
        .run();
  }

  /** A grown producers' topic stops a thread at its next assignment of tasks. */
  private static void fitChangelogs(Throwable error, Admin admin, Pipeline pipeline) {
    // Thrown by Kafka Streams itself; exceptions of processors and clients have been unwrapped.
    if (error instanceof StreamsException) {
      try {
        ChangelogTopics.fit(admin, pipeline);
      } catch (IllegalStateException e) {
        log.error("The changelogs do not fit", e);
      }
    }
  }
}
