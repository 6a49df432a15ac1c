package dev.millrace.deploy.flink;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The failures of jobs that Flink restarts without a limit.
 *
 * <p>Flink says that a job runs as soon as its tasks do, also when they fail at their first record.
 * So a job counts as failing while its failures follow each other closely, whether it runs at the
 * moment or not, until it completes a checkpoint: then it has got past what it failed at.
 */
final class FailureRuns {
  /**
   * From one failure to the next of a run: more than the slowest failures take, a checkpoint that
   * times out as often as is tolerated among them.
   */
  static final Duration CLOSE = Duration.ofMinutes(10);

  /** A job that fails once or twice and then goes on is not reported. */
  static final int REPORTED = 3;

  private final Map<String, Run> runs = new TreeMap<>();

  /**
   * A failure of a job.
   *
   * @param error class and message of its first cause
   */
  record Failure(Instant at, String error) {}

  private record Run(int failures, Instant since, Failure last) {}

  /**
   * Takes a job's newest failure; one that was seen before changes nothing.
   *
   * @return what to log; empty for a failure that was seen before
   */
  synchronized Optional<String> seen(String job, Failure failure) {
    var run = runs.get(job);
    if (run != null && !failure.at().isAfter(run.last().at())) {
      return Optional.empty();
    }
    var next =
        run == null || run.failures() == 0 || failure.at().isAfter(run.last().at().plus(CLOSE))
            ? new Run(1, failure.at(), failure)
            : new Run(run.failures() + 1, run.since(), failure);
    runs.put(job, next);
    return Optional.of(describe(job, next) + "; Flink restarts it");
  }

  /** Ends a job's run of failures if the checkpoint came after the last of them. */
  synchronized void checkpointed(String job, Instant completed) {
    var run = runs.get(job);
    if (run != null && completed.isAfter(run.last().at())) {
      runs.put(job, new Run(0, run.since(), run.last()));
    }
  }

  /** The jobs that fail again and again; empty when there are none. */
  synchronized String failing(Instant now) {
    var failing = new StringBuilder();
    runs.forEach(
        (job, run) -> {
          if (run.failures() >= REPORTED && !now.isAfter(run.last().at().plus(CLOSE))) {
            failing.append(failing.isEmpty() ? "" : "; ").append(describe(job, run));
          }
        });
    return failing.toString();
  }

  private static String describe(String job, Run run) {
    return run.failures() == 1
        ? "job %s failed: %s".formatted(job, run.last().error())
        : "job %s failed %d times since %s, last: %s"
            .formatted(job, run.failures(), run.since(), run.last().error());
  }
}
