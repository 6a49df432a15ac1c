package dev.millrace.deploy.child;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** Tells how the jobs of a cluster are. */
final class FlinkJobs {
  private static final long ANSWER_SECONDS = 5;

  private final MiniCluster cluster;
  private volatile boolean submitted;

  FlinkJobs(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /** Says that no further job is to come. */
  void allSubmitted() {
    submitted = true;
  }

  Collection<JobStatusMessage> list() {
    try {
      return cluster.listJobs().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the cluster does not list its jobs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What is wrong with the process; empty when nothing is. */
  String live() {
    if (!cluster.isRunning()) {
      return "the cluster does not run";
    }
    return list().stream()
        .filter(job -> job.getJobState() == JobStatus.FAILED)
        .map(job -> "job " + job.getJobName() + " has failed")
        .findFirst()
        .orElse("");
  }

  /** What is still waited for; empty when every task of every job runs. */
  String ready() {
    if (!submitted) {
      return "the jobs are not submitted yet";
    }
    List<String> waiting = new ArrayList<>();
    for (var job : list()) {
      if (job.getJobState() == JobStatus.FINISHED) {
        continue;
      }
      var starting = starting(job);
      if (job.getJobState() != JobStatus.RUNNING || starting > 0) {
        waiting.add(
            "job %s is %s, %d of its tasks not running"
                .formatted(job.getJobName(), job.getJobState(), starting));
      }
    }
    return String.join("; ", waiting);
  }

  private long starting(JobStatusMessage job) {
    try {
      var graph = cluster.getExecutionGraph(job.getJobId()).get(ANSWER_SECONDS, TimeUnit.SECONDS);
      var count = 0L;
      for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
        var state = vertex.getExecutionState();
        count += state == ExecutionState.RUNNING || state == ExecutionState.FINISHED ? 0 : 1;
      }
      return count;
    } catch (ExecutionException | TimeoutException e) {
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
