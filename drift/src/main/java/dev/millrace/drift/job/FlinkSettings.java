package dev.millrace.drift.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;

/** How Flink runs the job. */
public final class FlinkSettings {
  /** A checkpoint that takes longer is given up; see {@link TransactionTimeoutCheck}. */
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(2);

  /**
   * Checkpoints that may fail in a row before the job restarts: a slow disk is no reason to. A
   * transaction is open meanwhile; see {@link TransactionTimeoutCheck}.
   */
  private static final int TOLERATED_CHECKPOINT_FAILURES = 3;

  /** How long a record may wait for company before it crosses the network. */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(10);

  private static final Duration LONGEST_RESTART_PAUSE = Duration.ofSeconds(10);

  /** Flink's default, fixed, since the state of a key could not move otherwise. */
  private static final int MAX_PARALLELISM = 128;

  private FlinkSettings() {}

  /**
   * Settings of one job.
   *
   * @param checkpointInterval after which outcomes become visible
   */
  public static Configuration of(Duration checkpointInterval) {
    return new Configuration()
        .set(PipelineOptions.GENERIC_TYPES, false) // Kryo would be slow, and unreadable tomorrow
        .set(PipelineOptions.OBJECT_REUSE, true) // nothing changes an object that it passed on
        .set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM)
        .set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT)
        .set(StateBackendOptions.STATE_BACKEND, "rocksdb")
        .set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true)
        .set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE)
        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval)
        .set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT)
        .set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERATED_CHECKPOINT_FAILURES)
        .set(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION)
        .set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay")
        .set(
            RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
            LONGEST_RESTART_PAUSE);
  }

  /**
   * Keeps checkpoints in a directory.
   *
   * @param checkpointDirectory of this job alone
   */
  public static void keep(Configuration settings, Path checkpointDirectory) {
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpointDirectory.toUri().toString());
  }

  /**
   * Goes on from a checkpoint. State that no operator takes is of a part that the pipeline has no
   * more, or defines otherwise, and is left out; that of outcomes is checked before, see {@link
   * OutcomeStateCheck}.
   */
  public static void goOn(Configuration settings, Path checkpoint) {
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.toUri().toString());
    settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    settings.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
  }

  /** The newest whole checkpoint that an earlier run of the job has left. */
  public static Optional<Path> newest(Path checkpointDirectory) {
    if (!Files.isDirectory(checkpointDirectory)) {
      return Optional.empty();
    }
    // <job id>/chk-<n>/_metadata, which is written last.
    PathMatcher whole = FileSystems.getDefault().getPathMatcher("glob:**/chk-*/_metadata");
    try (Stream<Path> files =
        Files.find(checkpointDirectory, 3, (path, a) -> whole.matches(path))) {
      return files.max(Comparator.comparing(FlinkSettings::time)).map(Path::getParent);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for checkpoints in " + checkpointDirectory, e);
    }
  }

  /** When a file was last written. */
  public static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
