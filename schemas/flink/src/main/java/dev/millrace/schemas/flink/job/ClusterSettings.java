package dev.millrace.schemas.flink.job;

import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;

/** Which settings of a job are the cluster's, and what a cluster must have set. */
final class ClusterSettings {
  /** The defaults of {@link JobDefaults} for these apply only where the cluster has none. */
  private static final List<ConfigOption<?>> OF_CLUSTER =
      List.of(
          ExecutionOptions.BUFFER_TIMEOUT,
          StateBackendOptions.STATE_BACKEND,
          CheckpointingOptions.INCREMENTAL_CHECKPOINTS,
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          RestartStrategyOptions.RESTART_STRATEGY,
          RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF);

  private ClusterSettings() {}

  /** Removes the settings that the cluster has set itself from those of a job. */
  static void prefer(ReadableConfig cluster, Configuration job) {
    for (ConfigOption<?> option : OF_CLUSTER) {
      if (cluster.getOptional(option).isPresent()) {
        job.removeConfig(option);
      }
    }
  }

  /**
   * Checks that checkpoints are written to a file system.
   *
   * @param effective the settings of cluster and job together
   * @throws IllegalStateException if they would be lost with the JobManager
   */
  static void requireDurableCheckpoints(ReadableConfig effective) {
    String storage = effective.getOptional(CheckpointingOptions.CHECKPOINT_STORAGE).orElse("");
    boolean inMemory = storage.equals("jobmanager") || storage.contains("JobManager");
    if (inMemory || effective.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
      throw new IllegalStateException(
          "The cluster keeps checkpoints in the memory of its JobManager (%s), so a restart of the JobManager would lose the state of the job: set %s in the configuration of the cluster to a directory that JobManager and TaskManagers reach, such as s3://bucket/checkpoints%s."
              .formatted(
                  inMemory
                      ? CheckpointingOptions.CHECKPOINT_STORAGE.key() + ": " + storage
                      : "no " + CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
                  CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
                  inMemory
                      ? ", and remove " + CheckpointingOptions.CHECKPOINT_STORAGE.key()
                      : "; for a cluster on this machine, give --state-dir"));
    }
  }
}
