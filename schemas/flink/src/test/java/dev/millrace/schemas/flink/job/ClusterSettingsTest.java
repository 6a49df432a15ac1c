package dev.millrace.schemas.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {
  @Test
  void backendAndRestartsAreThoseOfTheCluster() {
    Configuration job = JobDefaults.settings(Duration.ofSeconds(2), Duration.ofMillis(10));
    Configuration cluster =
        new Configuration()
            .set(StateBackendOptions.STATE_BACKEND, "forst")
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.AT_LEAST_ONCE);
    ClusterSettings.prefer(cluster, job);
    cluster.addAll(job);
    assertThat(cluster.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("forst");
    assertThat(cluster.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("fixed-delay");
    // Guarantees depend on these.
    assertThat(cluster.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE))
        .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
    assertThat(cluster.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aClusterWithoutSettingsGetsDefaults() {
    Configuration job = JobDefaults.settings(Duration.ofSeconds(2), Duration.ofMillis(10));
    ClusterSettings.prefer(new Configuration(), job);
    assertThat(job.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
    assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("exponential-delay");
  }

  @Test
  void checkpointsInTheMemoryOfTheJobManagerAreRefused() {
    Configuration settings = new Configuration();
    assertThatThrownBy(() -> ClusterSettings.requireDurableCheckpoints(settings))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no execution.checkpointing.dir")
        .hasMessageContaining("--state-dir");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "s3://bucket/checkpoints");
    assertThatCode(() -> ClusterSettings.requireDurableCheckpoints(settings))
        .doesNotThrowAnyException();
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "jobmanager");
    assertThatThrownBy(() -> ClusterSettings.requireDurableCheckpoints(settings))
        .hasMessageContaining("execution.checkpointing.storage: jobmanager");
  }
}
