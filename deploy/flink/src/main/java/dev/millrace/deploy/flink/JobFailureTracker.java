package dev.millrace.deploy.flink;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The failures of jobs that Flink restarts without a limit.
 *
 * <p>Flink reports a job as running when its tasks run, even if they fail at their first record.
 * Therefore a job counts as failing while its failures follow each other closely, whether it runs
 * now or not, until it completes a checkpoint: then the cause of its last failure is over.
 */
final class JobFailureTracker {
  /**
   * The longest time between two failures of a run. It is longer than the slowest failure, which is
   * the tolerated number of checkpoint timeouts.
   */
  static final Duration MAX_GAP = Duration.ofMinutes(10);

  /** The number of failures in a run at which a job is reported. */
  static final int REPORTED_FAILURES = 3;

  private final Map<String, Run> runs = new TreeMap<>();

  /**
   * A failure of a job.
   *
   * @param error class and message of its root cause
   */
  record Failure(Instant at, String error) {}

  private record Run(int failures, Instant since, Failure last) {}

  /**
   * Records the newest failure of a job; a failure that is already recorded changes nothing.
   *
   * @return the line to log; empty for a failure that is already recorded
   */
  synchronized Optional<String> record(String job, Failure failure) {
    var run = runs.get(job);
    if (run != null && !failure.at().isAfter(run.last().at())) {
      return Optional.empty();
    }
    var next =
        run == null || run.failures() == 0 || failure.at().isAfter(run.last().at().plus(MAX_GAP))
            ? new Run(1, failure.at(), failure)
            : new Run(run.failures() + 1, run.since(), failure);
    runs.put(job, next);
    return Optional.of(describe(job, next) + "; Flink restarts it");
  }

  /** Ends a run of failures if a checkpoint was completed after the last of them. */
  synchronized void recordCheckpoint(String job, Instant completed) {
    var run = runs.get(job);
    if (run != null && completed.isAfter(run.last().at())) {
      runs.put(job, new Run(0, run.since(), run.last()));
    }
  }

  /** Describes the jobs that fail repeatedly; empty if there are none. */
  synchronized String failing(Instant now) {
    var failing = new StringBuilder();
    runs.forEach(
        (job, run) -> {
          if (run.failures() >= REPORTED_FAILURES && !now.isAfter(run.last().at().plus(MAX_GAP))) {
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
