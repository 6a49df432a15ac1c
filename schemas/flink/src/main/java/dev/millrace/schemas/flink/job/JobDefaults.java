package dev.millrace.schemas.flink.job;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/** The Flink settings of every job, on any cluster. */
public final class JobDefaults {
  private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);

  /**
   * Flink's default. It is fixed here because keyed state cannot be restored under another value.
   */
  private static final int MAX_PARALLELISM = 128;

  private JobDefaults() {}

  /**
   * The settings of one job; the caller adds its own.
   *
   * @param bufferTimeout the longest time that a record waits in a network buffer for more records
   */
  public static Configuration settings(Duration checkpointInterval, Duration bufferTimeout) {
    return new Configuration()
        // Kryo is slow, and its state cannot be read by a later version of the classes.
        .set(PipelineOptions.GENERIC_TYPES, false)
        // Operators do not change objects after emitting them, so copies are not needed.
        .set(PipelineOptions.OBJECT_REUSE, true)
        .set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM)
        .set(ExecutionOptions.BUFFER_TIMEOUT, bufferTimeout)
        .set(StateBackendOptions.STATE_BACKEND, "rocksdb")
        .set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true)
        .set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE)
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval)
        .set(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
        .set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay")
        .set(
            RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
            LONGEST_RESTART_DELAY);
  }

  /**
   * The settings of a job that reads ranges and ends: without checkpoints and restarts, since its
   * user starts it again.
   *
   * @param temporary an existing directory for state
   * @param bufferTimeout see {@link #settings}
   */
  public static Configuration bounded(Path temporary, Duration bufferTimeout) {
    Configuration settings = settings(Duration.ofDays(1), bufferTimeout);
    settings.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
    return settings
        .set(RestartStrategyOptions.RESTART_STRATEGY, "none")
        .set(CoreOptions.TMP_DIRS, temporary.toString());
  }
}
