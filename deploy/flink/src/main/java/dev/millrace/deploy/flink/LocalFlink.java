package dev.millrace.deploy.flink;

import dev.millrace.deploy.child.ParentWatch;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
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
 * <p>The main classes of the jobs are called as Flink's command line calls them: the execution
 * environment is set, they build their job and submit it. The cluster starts at once; the jobs are
 * submitted after the start signal, see {@link ParentWatch#awaitStartSignal}. The process ends when
 * a job fails and is not restarted.
 */
public final class LocalFlink {
  private static final Logger log = LoggerFactory.getLogger(LocalFlink.class);

  /** A job needs one slot for each unit of its parallelism. */
  private static final int SLOTS = 4;

  /**
   * The interval of the checks: at most the pause after a first failure, so that few are missed.
   */
  private static final long CHECK_INTERVAL_MILLIS = 1_000;

  private static final long CLOSE_TIMEOUT_SECONDS = 10;
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

  @Option(names = "--parallelism", defaultValue = "${env:MILLRACE_FLINK_PARALLELISM:-1}")
  private int parallelism;

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
    var jobs = new FlinkJobHealth(cluster);
    var note = note();
    try (var ops =
        new OpsServer(opsPort, jobs::live, jobs::ready, () -> note, LocalFlink::metrics)) {
      ParentWatch.awaitStartSignal();
      submit(cluster, "features", "dev.millrace.features.FeaturesMain");
      submit(cluster, "drift", "dev.millrace.drift.DriftMain");
      jobs.markSubmitted();
      log.info("jobs submitted; health at port {}", ops.port());
      jobs.list().forEach(job -> watch(cluster, job.getJobId(), job.getJobName()));
      logFailuresRepeatedly(jobs);
    }
  }

  private static void logFailuresRepeatedly(FlinkJobHealth jobs) throws InterruptedException {
    while (true) {
      Thread.sleep(CHECK_INTERVAL_MILLIS);
      try {
        jobs.logFailures();
      } catch (IllegalStateException e) {
        // The cluster is busy or closing; the next check repeats this one.
        log.debug("the jobs could not be checked", e);
      }
    }
  }

  /** Missing drift detection does not make the process unready, but is shown with its health. */
  private String note() {
    var missing = TrainingReferenceCheck.missing(PipelineFile.load(Path.of(pipeline)));
    return missing == null ? "" : "no reference: drift is not detected; " + missing;
  }

  private void submit(MiniCluster cluster, String name, String main) {
    var loader = LocalFlink.class.getClassLoader();
    var job = FlinkSettings.job(restPort, parallelism);
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

  /**
   * Logs the failure after the cluster has closed, since the end of the log is shown to the user.
   */
  private static void end(MiniCluster cluster, String name, Throwable failure) {
    close(cluster);
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    log.error("the {} job has failed", name, failure);
    log.error("the {} job has failed and is not restarted: {}", name, root.toString());
    Runtime.getRuntime().halt(JOB_FAILED);
  }

  /** Closing ends the transactions of the jobs, which consumers of committed records wait for. */
  private static void close(MiniCluster cluster) {
    try {
      cluster.closeAsync().get(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      log.warn("the Flink cluster could not be closed: {}", e.toString());
    }
  }

  private static void metrics(Writer out) throws IOException {
    TextFormat.write004(out, CollectorRegistry.defaultRegistry.metricFamilySamples());
  }
}
