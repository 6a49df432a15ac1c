package dev.millrace.deploy.evolution;

/**
 * Tells that a job fails again and again. Flink restarts it without a limit, and reports it as
 * running in between.
 */
final class RepeatedFailures {
  /** As {@code /health/ready} of flink counts: fewer may be an outage of a broker. */
  private static final int LIMIT = 3;

  private long restartsBefore = -1;
  private long checkpoints;
  private boolean failing;

  /**
   * Takes the counts of a job, which only grow.
   *
   * @param restarts of the job
   * @param completed its completed checkpoints
   * @return whether it was restarted three times since this object exists, without completing a
   *     checkpoint in between
   */
  boolean take(long restarts, long completed) {
    if (restartsBefore < 0 || completed > checkpoints) {
      restartsBefore = restarts;
      checkpoints = completed;
    }
    failing = restarts - restartsBefore >= LIMIT;
    return failing;
  }

  /** The result of the last {@link #take}. */
  boolean isFailing() {
    return failing;
  }
}
