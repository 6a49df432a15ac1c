package dev.millrace.deploy.child;

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
 * moment or not.
 */
final class FailureRuns {
  /** From one failure to the next of a run; more than the longest pause and a restart take. */
  static final Duration CLOSE = Duration.ofSeconds(90);

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
        run == null || failure.at().isAfter(run.last().at().plus(CLOSE))
            ? new Run(1, failure.at(), failure)
            : new Run(run.failures() + 1, run.since(), failure);
    runs.put(job, next);
    return Optional.of(describe(job, next) + "; Flink restarts it");
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
