package dev.millrace.deploy.flink;

import dev.millrace.deploy.child.ParentWatch;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.OpsServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A Flink cluster in one JVM with the features job and the drift job on it.
 *
 * <p>The cluster starts at once; the jobs are submitted after the start signal, see {@link
 * ParentWatch#awaitStartSignal}. The process ends when a job fails and is not restarted.
 */
public final class LocalFlink {
  private static final Logger log = LoggerFactory.getLogger(LocalFlink.class);

  /**
   * The jobs that run at the same time, each of which needs a slot for each unit of its
   * parallelism: the drift job, the features job, and while a changed definition is applied a
   * second features job. One is spare, for a job that is submitted while its predecessor ends.
   */
  private static final int JOBS = 4;

  /**
   * The interval of the checks: at most the pause after a first failure, so that few are missed.
   */
  private static final long CHECK_INTERVAL_MILLIS = 1_000;

  private static final long CLOSE_TIMEOUT_SECONDS = 10;
  private static final int JOB_FAILED = 1;

  @Option(names = "--ops-port", required = true)
  private int opsPort;

  @Mixin private final JobSubmission submission = new JobSubmission();

  private final Set<JobID> watched = new HashSet<>();

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
                .setConfiguration(FlinkSettings.cluster(submission.restPort()))
                .setCommonBindAddress("127.0.0.1")
                .setNumSlotsPerTaskManager(JOBS * submission.parallelism())
                .build());
    cluster.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(cluster), "flink-stop"));
    var jobs = new FlinkJobHealth(cluster);
    var note = note();
    try (var ops =
        new OpsServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), opsPort),
            jobs::live,
            jobs::ready,
            () -> note,
            LocalFlink::metrics)) {
      ParentWatch.awaitStartSignal();
      submit(cluster, JobSubmission.Job.FEATURES);
      submit(cluster, JobSubmission.Job.DRIFT);
      jobs.markSubmitted();
      log.info("jobs submitted; health at port {}", ops.port());
      jobs.list().forEach(job -> watch(cluster, job));
      checkRepeatedly(cluster, jobs);
    }
  }

  /** Logs failures, and watches the jobs that {@code millrace apply} has submitted meanwhile. */
  private void checkRepeatedly(MiniCluster cluster, FlinkJobHealth jobs)
      throws InterruptedException {
    while (true) {
      Thread.sleep(CHECK_INTERVAL_MILLIS);
      try {
        jobs.logFailures();
        // A job that fails before it runs is reported by the command, and the others continue.
        jobs.list().stream()
            .filter(job -> job.getJobState() == JobStatus.RUNNING)
            .forEach(job -> watch(cluster, job));
      } catch (IllegalStateException e) {
        // The cluster is busy or closing; the next check repeats this one.
        log.debug("the jobs could not be checked", e);
      }
    }
  }

  /** Missing drift detection does not make the process unready, but is shown with its health. */
  private String note() {
    var missing = TrainingReferenceCheck.missing(PipelineFile.load(submission.pipeline()));
    return missing == null ? "" : "no reference: drift is not detected; " + missing;
  }

  private void submit(MiniCluster cluster, JobSubmission.Job job) {
    try {
      submission.submit(job);
    } catch (ReflectiveOperationException e) {
      end(cluster, job.label(), e);
    }
  }

  private void watch(MiniCluster cluster, JobStatusMessage job) {
    if (!watched.add(job.getJobId())) {
      return;
    }
    var unused =
        cluster
            .requestJobResult(job.getJobId())
            .thenAccept(
                result ->
                    result
                        .getSerializedThrowable()
                        .ifPresent(
                            failure ->
                                new Thread(
                                        () -> end(cluster, job.getJobName(), failure), "flink-end")
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
    log.error("job {} has failed", name, failure);
    log.error("job {} has failed and is not restarted: {}", name, root.toString());
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
