package dev.millrace.deploy.flink;

import java.time.Duration;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/** The configuration of the local cluster and of its jobs, beside the settings of the jobs. */
final class FlinkSettings {
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * No limit: an outage of any length pauses a job. {@link JobFailureTracker} reports a failing
   * job.
   */
  private static final int UNLIMITED_RESTARTS = Integer.MAX_VALUE;

  /** The longest time until a job resumes after an outage. */
  private static final Duration LONGEST_RESTART_PAUSE = Duration.ofSeconds(10);

  private FlinkSettings() {}

  static Configuration cluster(int restPort) {
    var temporary = System.getProperty("java.io.tmpdir");
    var settings = new Configuration();
    settings.set(RestOptions.ADDRESS, LOOPBACK);
    settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    settings.set(RestOptions.PORT, restPort);
    settings.set(RestOptions.BIND_PORT, Integer.toString(restPort));
    settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    settings.set(BlobServerOptions.STORAGE_DIRECTORY, temporary);
    settings.set(CoreOptions.TMP_DIRS, temporary);
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(192));
    settings.setString("metrics.reporter.ops.factory.class", OpsReporterFactory.class.getName());
    return settings;
  }

  /**
   * The configuration of a job: it is submitted to this cluster, without waiting for its end.
   *
   * @param parallelism tasks of each operator
   */
  static Configuration job(int restPort, int parallelism) {
    var settings = new Configuration();
    settings.set(DeploymentOptions.TARGET, "remote");
    settings.set(DeploymentOptions.ATTACHED, false);
    settings.set(RestOptions.ADDRESS, LOOPBACK);
    settings.set(RestOptions.PORT, restPort);
    settings.set(JobManagerOptions.ADDRESS, LOOPBACK);
    settings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, UNLIMITED_RESTARTS);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        LONGEST_RESTART_PAUSE);
    return settings;
  }
}
