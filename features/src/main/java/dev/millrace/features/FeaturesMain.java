package dev.millrace.features;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.ServiceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Submits the features job of one pipeline to the cluster whose client runs this, or to one of its
 * own without a client, and returns when the job is accepted.
 */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description = "Computes the feature views of a pipeline from its clean events.")
public final class FeaturesMain {
  /** A row then leaves within a few milliseconds; larger buffers only pay off under a backlog. */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(1);

  /** Flink's default, fixed, since the state of a key could not move otherwise. */
  private static final int MAX_PARALLELISM = 128;

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--state-dir",
      defaultValue = "${env:MILLRACE_STATE_DIR}",
      description =
          "Local directory for checkpoints; the job goes on from the newest one in it. Without it the cluster's own settings hold.")
  private @Nullable Path stateDir;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "${env:MILLRACE_CHECKPOINT_INTERVAL:-PT10S}",
      description = "ISO-8601 duration (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration checkpointInterval;

  @Option(
      names = "--parallelism",
      description = "Parallel tasks of each operator (default: the cluster's).")
  private @Nullable Integer parallelism;

  private FeaturesMain() {}

  /**
   * Submits the job.
   *
   * @throws CommandLine.ParameterException on wrong arguments
   * @throws dev.millrace.schemas.pipeline.file.PipelineException on a pipeline file with mistakes
   * @throws Exception if the cluster does not accept the job
   */
  public static void main(String[] args) throws Exception {
    FeaturesMain main = new FeaturesMain();
    if (!CommandLine.printHelpIfRequested(new CommandLine(main).parseArgs(args))) {
      main.submit();
    }
  }

  private void submit() throws Exception {
    Pipeline pipeline = options.pipeline();
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(configuration(pipeline));
    Properties kafka = options.clientProperties();
    new FeaturesJob(pipeline, kafka, Registries.http(options.registryUrl())).build(env);
    JobClient job = env.executeAsync(FeaturesJob.name(pipeline));
    System.out.printf("features of %s: job %s%n", pipeline.name(), job.getJobID());
  }

  private Configuration configuration(Pipeline pipeline) throws IOException {
    Configuration configuration = settings(checkpointInterval);
    if (parallelism != null) {
      configuration.set(
          org.apache.flink.configuration.CoreOptions.DEFAULT_PARALLELISM, parallelism);
    }
    if (stateDir != null) {
      Path checkpoints = Checkpoints.directory(stateDir, pipeline);
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
      Checkpoints.newest(checkpoints)
          .ifPresent(
              newest ->
                  configuration
                      .set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toUri().toString())
                      // The state of changed views is left behind, see FeaturesJob.
                      .set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true)
                      .set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM));
    }
    return configuration;
  }

  /** How the job runs, wherever it runs. */
  static Configuration settings(Duration checkpointInterval) {
    return new Configuration()
        .set(PipelineOptions.GENERIC_TYPES, false) // Kryo would be slow, and unreadable tomorrow
        .set(PipelineOptions.OBJECT_REUSE, true) // nothing changes an object that it passed on
        .set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM)
        .set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT)
        .set(StateBackendOptions.STATE_BACKEND, "rocksdb")
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval)
        .set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true)
        .set(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
        .set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay")
        .set(
            RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
            Duration.ofSeconds(10));
  }
}
