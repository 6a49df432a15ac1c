package dev.millrace.deploy.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.deploy.process.PlatformException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs of the platform's Flink cluster.
 *
 * @see <a
 *     href="https://nightlies.apache.org/flink/flink-docs-release-2.2/docs/ops/rest_api/">Flink's
 *     REST API</a>
 */
final class FlinkJobs {
  /** One that has ended; Flink's {@code JobStatus}. */
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");

  /** A source of a backfill finishes while the others run; Flink's {@code ExecutionState}. */
  private static final Set<String> TASK_RUNS = Set.of("RUNNING", "FINISHED");

  private static final Duration POLL = Duration.ofMillis(200);

  private final FlinkRest rest;
  private final Map<String, RepeatedFailures> failures = new HashMap<>();

  /**
   * @param url base URL of the REST API
   */
  FlinkJobs(String url) {
    this.rest = new FlinkRest(url);
  }

  /** A job that has not ended, or has failed. */
  record Job(String id, String name, String state) {
    boolean hasEnded() {
      return ENDED.contains(state);
    }
  }

  /** All jobs since the cluster's start. */
  List<Job> list() throws InterruptedException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : rest.send("GET", "/jobs/overview", "").path("jobs")) {
      jobs.add(
          new Job(job.path("jid").asText(), job.path("name").asText(), job.path("state").asText()));
    }
    return jobs;
  }

  /** The job of a name that has not ended. */
  Optional<Job> running(String name) throws InterruptedException {
    return list().stream().filter(job -> job.name().equals(name) && !job.hasEnded()).findFirst();
  }

  /**
   * Waits until all tasks of a job run.
   *
   * @throws PlatformException if it fails instead, for good or again and again, with its error
   */
  void awaitRunning(String id) throws InterruptedException {
    while (true) {
      Job job = find(id);
      if (job.hasEnded()) {
        throw new PlatformException(
            "job %s is %s: %s".formatted(job.name(), job.state(), failure(id)));
      }
      if (failures(id).take(restarts(id), completedCheckpoints(id))) {
        throw new PlatformException(
            "job %s fails again and again without completing a checkpoint, last: %s"
                .formatted(job.name(), failure(id)));
      }
      if (job.state().equals("RUNNING") && tasksRun(id)) {
        return;
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Whether {@link #awaitRunning} has found that the job fails again and again. */
  boolean isFailing(String id) {
    return failures(id).isFailing();
  }

  private RepeatedFailures failures(String id) {
    return failures.computeIfAbsent(id, job -> new RepeatedFailures());
  }

  /** 0 until Flink has collected the metric. */
  private long restarts(String id) throws InterruptedException {
    return rest.send("GET", "/jobs/" + id + "/metrics?get=numRestarts", "")
        .path(0)
        .path("value")
        .asLong();
  }

  /** Those since the job was submitted. */
  long completedCheckpoints(String id) throws InterruptedException {
    return rest.send("GET", "/jobs/" + id + "/checkpoints", "")
        .path("counts")
        .path("completed")
        .asLong();
  }

  private boolean tasksRun(String id) throws InterruptedException {
    for (JsonNode vertex : rest.send("GET", "/jobs/" + id, "").path("vertices")) {
      if (!TASK_RUNS.contains(vertex.path("status").asText())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes a savepoint of a job, which continues.
   *
   * @param directory in which a directory for it is made
   * @return the savepoint
   * @throws PlatformException if Flink cannot write it
   */
  Path savepoint(String id, Path directory) throws InterruptedException {
    String path = "/jobs/" + id + "/savepoints";
    // The native format is that of checkpoints: RocksDB's files, written as they are.
    Map<String, Object> request =
        Map.of(
            "target-directory",
            directory.toUri().toString(),
            "cancel-job",
            false,
            "formatType",
            "NATIVE");
    String trigger = rest.send("POST", path, FlinkRest.json(request)).path("request-id").asText();
    while (true) {
      JsonNode answer = rest.send("GET", path + "/" + trigger, "");
      JsonNode operation = answer.path("operation");
      if (operation.hasNonNull("location")) {
        return Path.of(URI.create(operation.path("location").asText()));
      }
      if (operation.hasNonNull("failure-cause")) {
        throw new PlatformException(
            "Flink cannot write a savepoint of job %s: %s"
                .formatted(id, lastCause(operation.path("failure-cause").path("stack-trace"))));
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Cancels a job and waits until it has ended. */
  void cancel(String id) throws InterruptedException {
    if (!find(id).hasEnded()) {
      rest.send("PATCH", "/jobs/" + id + "?mode=cancel", "");
    }
    while (!find(id).hasEnded()) {
      Thread.sleep(POLL.toMillis());
    }
  }

  private Job find(String id) throws InterruptedException {
    return list().stream()
        .filter(job -> job.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new PlatformException(
                    "Flink has no job %s any more; it was restarted meanwhile".formatted(id)));
  }

  private String failure(String id) throws InterruptedException {
    JsonNode newest =
        rest.send("GET", "/jobs/" + id + "/exceptions", "")
            .path("exceptionHistory")
            .path("entries");
    return lastCause(newest.path(0).path("stacktrace"));
  }

  /** The line of the innermost cause of a stack trace. */
  private static String lastCause(JsonNode stackTrace) {
    return stackTrace
        .asText()
        .lines()
        .filter(line -> !line.startsWith("\t"))
        .reduce((first, second) -> second)
        .orElse("no reason is given; see the log of flink");
  }
}
