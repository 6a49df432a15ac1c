package dev.millrace.ingest;

import dev.millrace.ingest.topics.ArrivalEnds;
import dev.millrace.ingest.topics.ChangelogTopics;
import dev.millrace.ingest.topics.KafkaArrivalEnds;
import dev.millrace.ingest.topics.RekeyedTopicCleanup;
import dev.millrace.ingest.topics.RequiredTopics;
import dev.millrace.ingest.topology.IngestMetrics;
import dev.millrace.ingest.topology.IngestTopology;
import dev.millrace.ingest.topology.StreamsSettings;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.ServiceOptions;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import dev.millrace.schemas.streams.service.ServiceContext;
import dev.millrace.schemas.streams.service.StreamsCommand;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Runs ingest for one pipeline until the process is stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Checks producers' events and writes the clean, late and dead-letter topics.")
final class RunCommand extends StreamsCommand {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  RunCommand() {
    super(ProcessNames.INGEST);
  }

  @Override
  protected void configure(Properties settings) {
    StreamsSettings.configure(settings);
  }

  @Override
  protected void checkTopics(Admin admin, Pipeline pipeline) {
    RequiredTopics.check(admin, pipeline);
    ChangelogTopics.fit(admin, pipeline);
  }

  @Override
  protected int run(ServiceContext start) throws IOException, InterruptedException {
    Pipeline pipeline = start.pipeline();
    IngestMetrics metrics = new IngestMetrics(pipeline, CollectorRegistry.defaultRegistry);
    ArrivalEnds arrivals = arrivals(start);
    ScheduledExecutorService ends = arrivals.start();
    ScheduledExecutorService cleanup =
        new RekeyedTopicCleanup(
                pipeline,
                RekeyedTopicCleanup.cluster(start.admin(), StreamsSettings.applicationId(pipeline)))
            .start();
    try {
      return start.run(topology(start, arrivals, metrics), replacement(start, arrivals, metrics));
    } finally {
      ends.shutdownNow();
      cleanup.shutdownNow();
    }
  }

  private static ArrivalEnds arrivals(ServiceContext start) throws IOException {
    Pipeline pipeline = start.pipeline();
    Set<String> topics =
        pipeline.sources().values().stream().map(Source::topic).collect(Collectors.toSet());
    KafkaArrivalEnds cluster =
        new KafkaArrivalEnds(
            start.admin(),
            StreamsSettings.applicationId(pipeline),
            start.options().clientProperties());
    return new ArrivalEnds(topics, cluster, Clock.systemUTC());
  }

  private static Topology topology(
      ServiceContext start, ArrivalEnds arrivals, IngestMetrics metrics) {
    Registry registry = Registry.http(start.options().registryUrl());
    Map<String, Integer> cleanSchemaIds =
        IngestTopology.register(
            start.pipeline(), registry.retrying(ServiceOptions.STARTUP_RETRY_TIMEOUT));
    return IngestTopology.build(
        start.pipeline(),
        cleanSchemaIds,
        new SchemaLookups(registry),
        arrivals,
        Clock.systemUTC(),
        metrics);
  }

  private static ThreadReplacement replacement(
      ServiceContext start, ArrivalEnds arrivals, IngestMetrics metrics) {
    return new ThreadReplacement(
        start.pipeline().name(),
        StreamsException.class::isInstance,
        error -> {
          metrics.threadDied();
          fitChangelogs(error, start.admin(), start.pipeline(), arrivals);
        });
  }

  /** A grown producers' topic stops a thread at its next assignment of tasks. */
  private static void fitChangelogs(
      Throwable error, Admin admin, Pipeline pipeline, ArrivalEnds arrivals) {
    // Thrown by Kafka Streams itself; exceptions of processors and clients have been unwrapped.
    if (error instanceof StreamsException) {
      try {
        ChangelogTopics.fit(admin, pipeline);
        arrivals.count();
      } catch (IllegalStateException e) {
        log.error("The changelogs do not fit", e);
      }
    }
  }
}
