package dev.millrace.schemas.flink.job;

import dev.millrace.schemas.service.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that the main class of every job has, as a picocli mixin. */
public final class JobOptions {
  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "${env:MILLRACE_STATE_DIR}",
      description =
          "Local directory for checkpoints; the job resumes from the newest one in it. Default: MILLRACE_STATE_DIR of the environment; without either, the cluster's own settings apply.")
  private @Nullable Path stateDir;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Time between checkpoints, such as 10s. Default: the default of the job.")
  private @Nullable Duration checkpointInterval;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Parallel tasks of each operator. Default: the cluster's.")
  private @Nullable Integer parallelism;

  /** The directory of the option or the environment. */
  public @Nullable Path stateDir() {
    return stateDir;
  }

  /** The time between checkpoints of the option or the environment, or the default of the job. */
  public Duration checkpointInterval(Duration jobDefault) {
    return Objects.requireNonNullElse(checkpointInterval, jobDefault);
  }

  /** The directory of the job's checkpoints, if a state directory is set. */
  public Optional<CheckpointDirectory> checkpoints(String jobName) {
    return Optional.ofNullable(stateDir).map(named -> CheckpointDirectory.of(named, jobName));
  }

  /** Sets the parallelism and the directory of checkpoints. */
  public void applyTo(Configuration settings, String jobName) {
    if (parallelism != null) {
      settings.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    }
    checkpoints(jobName).ifPresent(directory -> directory.writeTo(settings));
  }
}
