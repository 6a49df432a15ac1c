package dev.millrace.drift.job;

import dev.millrace.schemas.flink.job.JobDefaults;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;

/** The Flink settings of the drift job. */
public final class DriftSettings {
  /** A checkpoint that takes longer fails; see {@link TransactionTimeoutCheck}. */
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(2);

  /**
   * Number of checkpoints that may fail in a row before the job restarts, so that a slow disk alone
   * does not restart it. A transaction stays open while they fail; see {@link
   * TransactionTimeoutCheck}.
   */
  private static final int TOLERATED_CHECKPOINT_FAILURES = 3;

  /** The longest time that a record waits in a network buffer for more records. */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(10);

  private DriftSettings() {}

  /**
   * Settings of one job.
   *
   * @param checkpointInterval time between checkpoints; outcomes become visible at a checkpoint
   */
  public static Configuration of(Duration checkpointInterval) {
    return JobDefaults.settings(checkpointInterval, BUFFER_TIMEOUT)
        .set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT)
        .set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERATED_CHECKPOINT_FAILURES);
  }

  /**
   * Settings of a job that reads ranges and ends.
   *
   * @param temporary an existing directory for state
   */
  public static Configuration bounded(Path temporary) {
    return JobDefaults.bounded(temporary, BUFFER_TIMEOUT);
  }
}
