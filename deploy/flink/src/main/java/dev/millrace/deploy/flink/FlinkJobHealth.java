package dev.millrace.deploy.flink;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of the jobs of a cluster. */
final class FlinkJobHealth {
  private static final long RESPONSE_TIMEOUT_SECONDS = 5;

  private static final Logger log = LoggerFactory.getLogger(FlinkJobHealth.class);

  private final MiniCluster cluster;
  private final JobFailureTracker failures = new JobFailureTracker();
  private volatile boolean submitted;

  FlinkJobHealth(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /** Marks that all jobs are submitted. */
  void markSubmitted() {
    submitted = true;
  }

  Collection<JobStatusMessage> list() {
    try {
      return cluster.listJobs().get(RESPONSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the Flink cluster does not list its jobs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The reason why the process is not alive; empty if it is. */
  String live() {
    if (!cluster.isRunning()) {
      return "the Flink cluster is not running";
    }
    return failed().stream().findFirst().orElse("");
  }

  /** The jobs that have failed for good, and were not submitted again since. */
  private List<String> failed() {
    Map<String, JobStatusMessage> newest = new TreeMap<>();
    for (var job : list()) {
      newest.merge(
          job.getJobName(),
          job,
          (one, other) -> one.getStartTime() > other.getStartTime() ? one : other);
    }
    return newest.values().stream()
        .filter(job -> job.getJobState() == JobStatus.FAILED)
        .map(job -> "job " + job.getJobName() + " has failed")
        .toList();
  }

  /** Logs the failures since the last call, and records completed checkpoints. */
  void logFailures() {
    for (var job : list()) {
      graph(job)
          .ifPresent(
              graph -> {
                newestFailure(graph)
                    .flatMap(failure -> failures.record(job.getJobName(), failure))
                    .ifPresent(log::warn);
                newestCheckpoint(graph)
                    .ifPresent(completed -> failures.recordCheckpoint(job.getJobName(), completed));
              });
    }
  }

  /**
   * The reasons why the process is not ready; empty if every task runs and no job fails repeatedly.
   */
  String ready() {
    if (!submitted) {
      return "the jobs are not submitted yet";
    }
    List<String> reasons = new ArrayList<>();
    var failing = failures.failing(Instant.now());
    if (!failing.isEmpty()) {
      reasons.add(failing);
    }
    for (var job : list()) {
      if (job.getJobState().isGloballyTerminalState()) {
        continue; // One that has failed is not alive; one that was cancelled has a successor.
      }
      var starting = starting(job);
      if (job.getJobState() != JobStatus.RUNNING || starting > 0) {
        reasons.add(
            "job %s is %s, %d of its tasks not running"
                .formatted(job.getJobName(), job.getJobState(), starting));
      }
    }
    return String.join("; ", reasons);
  }

  private long starting(JobStatusMessage job) {
    return graph(job)
        .map(
            graph -> {
              var count = 0L;
              for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
                var state = vertex.getExecutionState();
                count +=
                    state == ExecutionState.RUNNING || state == ExecutionState.FINISHED ? 0 : 1;
              }
              return count;
            })
        .orElse(1L);
  }

  private static Optional<Instant> newestCheckpoint(AccessExecutionGraph graph) {
    return Optional.ofNullable(graph.getCheckpointStatsSnapshot())
        .map(statistics -> statistics.getHistory().getLatestCompletedCheckpoint())
        .map(checkpoint -> Instant.ofEpochMilli(checkpoint.getLatestAckTimestamp()));
  }

  private static Optional<JobFailureTracker.Failure> newestFailure(AccessExecutionGraph graph) {
    return Optional.ofNullable(graph.getFailureInfo())
        .map(
            info ->
                new JobFailureTracker.Failure(
                    Instant.ofEpochMilli(info.getTimestamp()), rootMessage(info.getException())));
  }

  private static String rootMessage(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    // The message of Flink's wrapper starts with the class name of the wrapped exception.
    return String.valueOf(root.getMessage());
  }

  /** The tasks of a job; empty if the cluster does not answer. */
  private Optional<AccessExecutionGraph> graph(JobStatusMessage job) {
    try {
      return Optional.of(
          cluster
              .getExecutionGraph(job.getJobId())
              .get(RESPONSE_TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
