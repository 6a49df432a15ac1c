package dev.millrace.deploy.child;

import dev.millrace.schemas.pipeline.TrainingReference;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.OpsServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * A Flink cluster in one JVM with the features job and the drift job on it.
 *
 * <p>The jobs' mains are called as Flink's own command line calls them: they find their environment
 * set, build their job and submit it, and know nothing of where they run. The cluster starts at
 * once; the jobs follow when the parent lets go, see {@link Leash#awaitGo}. A job that fails for
 * good ends the process.
 */
public final class LocalFlink {
  private static final Logger log = LoggerFactory.getLogger(LocalFlink.class);

  /** Each job takes one slot for each unit of its parallelism. */
  private static final int SLOTS = 4;

  /** As long as the pause after a first failure, so that few failures are missed. */
  private static final long LOOK_MILLIS = 1_000;

  private static final long CLOSE_SECONDS = 10;
  private static final int JOB_FAILED = 1;

  @Option(names = "--rest-port", required = true)
  private int restPort;

  @Option(names = "--ops-port", required = true)
  private int opsPort;

  @Option(names = "--state-dir", required = true)
  private Path stateDir = Path.of("");

  @Option(names = "--pipeline", required = true)
  private String pipeline = "";

  @Option(names = "--bootstrap-servers", required = true)
  private String bootstrapServers = "";

  @Option(names = "--registry", required = true)
  private String registry = "";

  private LocalFlink() {}

  public static void main(String[] arguments) throws Exception {
    var flink = new LocalFlink();
    new CommandLine(flink).parseArgs(arguments);
    flink.run();
  }

  private void run() throws Exception {
    var cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(FlinkSettings.cluster(restPort))
                .setCommonBindAddress("127.0.0.1")
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    cluster.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(cluster), "flink-stop"));
    var jobs = new FlinkJobs(cluster);
    var note = note();
    try (var ops =
        new OpsServer(opsPort, jobs::live, jobs::ready, () -> note, LocalFlink::metrics)) {
      Leash.awaitGo();
      submit(cluster, "features", "dev.millrace.features.FeaturesMain");
      submit(cluster, "drift", "dev.millrace.drift.DriftMain");
      jobs.allSubmitted();
      log.info("jobs submitted; health at port {}", ops.port());
      jobs.list().forEach(job -> watch(cluster, job.getJobId(), job.getJobName()));
      logFailuresForEver(jobs);
    }
  }

  private static void logFailuresForEver(FlinkJobs jobs) throws InterruptedException {
    while (true) {
      Thread.sleep(LOOK_MILLIS);
      try {
        jobs.logFailures();
      } catch (IllegalStateException e) {
        // The cluster is busy or closing; the next look shows the same failure.
        log.debug("no look at the jobs", e);
      }
    }
  }

  /** Drift that is not looked for is no reason to be unready, but is shown. */
  private String note() {
    var missing = TrainingReference.missing(PipelineFile.load(Path.of(pipeline)));
    return missing == null ? "" : "no reference: drift is not looked for; " + missing;
  }

  private void submit(MiniCluster cluster, String name, String main) {
    var loader = LocalFlink.class.getClassLoader();
    var job = FlinkSettings.job(restPort);
    StreamContextEnvironment.setAsContext(
        new DefaultExecutorServiceLoader(), job, loader, false, true);
    try {
      List<String> arguments =
          List.of(
              "--pipeline=" + pipeline,
              "--bootstrap-servers=" + bootstrapServers,
              "--registry=" + registry,
              "--state-dir=" + stateDir.resolve(name));
      Class.forName(main)
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments.toArray(String[]::new));
    } catch (ReflectiveOperationException e) {
      end(cluster, name, e);
    } finally {
      StreamContextEnvironment.unsetAsContext();
    }
  }

  private static void watch(MiniCluster cluster, JobID id, String name) {
    var unused =
        cluster
            .requestJobResult(id)
            .thenAccept(
                result ->
                    result
                        .getSerializedThrowable()
                        .ifPresent(
                            failure ->
                                new Thread(() -> end(cluster, name, failure), "flink-end")
                                    .start()));
  }

  /** The failure is told after the cluster's own farewells: people see the end of the log. */
  private static void end(MiniCluster cluster, String name, Throwable failure) {
    close(cluster);
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    log.error("the {} job has failed for good", name, failure);
    log.error("the {} job has failed for good, for {}", name, root.toString());
    Runtime.getRuntime().halt(JOB_FAILED);
  }

  /** Ends the jobs' transactions, so that readers of committed records need not wait for them. */
  private static void close(MiniCluster cluster) {
    try {
      cluster.closeAsync().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      log.warn("the cluster did not close: {}", e.toString());
    }
  }

  private static void metrics(Writer out) throws IOException {
    TextFormat.write004(out, CollectorRegistry.defaultRegistry.metricFamilySamples());
  }
}
