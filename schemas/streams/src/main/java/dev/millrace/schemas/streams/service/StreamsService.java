package dev.millrace.schemas.streams.service;

import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.OpsServer;
import dev.millrace.schemas.streams.failure.StreamsHealth;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import dev.millrace.schemas.streams.failure.WriteFailures;
import dev.millrace.schemas.streams.restore.RestoreProgress;
import dev.millrace.schemas.streams.restore.StandbyLag;
import dev.millrace.schemas.streams.setup.InternalTopicConfig;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import picocli.CommandLine.ExitCode;

/**
 * A topology that runs as a process, with its HTTP endpoints and its shutdown hook.
 *
 * @param name of the service, such as {@code ingest}
 * @param settings of Kafka Streams
 * @param replacement of threads that fail
 * @param reader of the topology's stores
 * @param opsAddress of /metrics and /health; port 0 for any free one
 */
public record StreamsService(
    String name,
    Pipeline pipeline,
    Topology topology,
    Properties settings,
    ThreadReplacement replacement,
    StoreReader reader,
    InetSocketAddress opsAddress) {
  /**
   * Less than the 15 s after which the local platform kills a process, and the 30 s of Kubernetes.
   */
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(12);

  /**
   * Runs until the process is stopped, then returns 0; returns 1 after an unrecoverable failure.
   */
  public int run() throws InterruptedException {
    DefaultExports.initialize();
    InternalTopicConfig.configure(settings);
    WriteFailures.report(settings, replacement);
    CountDownLatch stopped = new CountDownLatch(1);
    Set<String> stores = stores(topology.describe());
    CollectorRegistry metrics = CollectorRegistry.defaultRegistry;
    RestoreProgress restore =
        new RestoreProgress(pipeline.name(), stores, metrics, InstantSource.system());
    StreamsHealth health = new StreamsHealth(replacement, restore::text);
    try (KafkaStreams streams = new KafkaStreams(topology, settings);
        OpsServer ops =
            new OpsServer(
                opsAddress,
                () -> health.live(streams.state()),
                () -> health.ready(streams.state()),
                StreamsService::metrics)) {
      streams.setUncaughtExceptionHandler(replacement);
      streams.setGlobalStateRestoreListener(restore);
      streams.setStandbyUpdateListener(new StandbyLag(pipeline.name(), stores, metrics));
      streams.setStateListener(
          (now, before) -> {
            if (now == State.ERROR || now == State.NOT_RUNNING) {
              stopped.countDown();
            }
          });
      CleanShutdownMarker cleanShutdown = cleanShutdown();
      if (!cleanShutdown.deleteMarker() && pipeline.guarantee() == Guarantee.EXACTLY_ONCE) {
        streams.cleanUp();
      }
      new UnusedStores(stateDir(), applicationId()).delete(stores);
      Thread hook = new Thread(() -> stop(streams, cleanShutdown), name + "-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      streams.start();
      reader.started(new StoreReader.RunningStreams(streams, restore::text));
      System.out.printf(
          "%s of %s: http://localhost:%d/health/ready%n", name, pipeline.name(), ops.port());
      stopped.await();
      return streams.state() == State.ERROR ? ExitCode.SOFTWARE : ExitCode.OK;
    }
  }

  /** The names of all stores. */
  private static Set<String> stores(TopologyDescription topology) {
    Set<String> names = new TreeSet<>();
    for (TopologyDescription.Subtopology part : topology.subtopologies()) {
      for (TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Processor processor) {
          names.addAll(processor.stores());
        }
      }
    }
    topology.globalStores().forEach(store -> names.addAll(store.processor().stores()));
    return names;
  }

  private CleanShutdownMarker cleanShutdown() {
    return new CleanShutdownMarker(stateDir(), applicationId());
  }

  private Path stateDir() {
    return Path.of(String.valueOf(settings.get(StreamsConfig.STATE_DIR_CONFIG)));
  }

  private String applicationId() {
    return String.valueOf(settings.get(StreamsConfig.APPLICATION_ID_CONFIG));
  }

  private void stop(KafkaStreams streams, CleanShutdownMarker cleanShutdown) {
    reader.close();
    if (streams.close(SHUTDOWN_LIMIT) && streams.state() == State.NOT_RUNNING) {
      cleanShutdown.writeMarker();
    }
  }

  private static void metrics(Writer out) throws IOException {
    TextFormat.write004(out, CollectorRegistry.defaultRegistry.metricFamilySamples());
  }
}
