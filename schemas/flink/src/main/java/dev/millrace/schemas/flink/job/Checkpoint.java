package dev.millrace.schemas.flink.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;

/** A complete checkpoint in a local directory. */
public record Checkpoint(Path path, Instant completedAt) {
  /** Flink writes this file last, so a checkpoint that has it is complete. */
  static final String METADATA = "_metadata";

  /**
   * The checkpoint or savepoint in a directory.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Checkpoint in(Path directory) {
    try {
      return new Checkpoint(
          directory, Files.getLastModifiedTime(directory.resolve(METADATA)).toInstant());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s is not a checkpoint or savepoint: its file %s cannot be read"
              .formatted(directory, METADATA),
          e);
    }
  }

  /**
   * Makes the job restore this checkpoint. State without an operator belongs to a part of the
   * pipeline that was removed or defined differently, and is dropped: the uid of an operator
   * contains a fingerprint of the definition that its state depends on.
   */
  public void restoreIn(Configuration settings) {
    restoreIn(settings, RecoveryClaimMode.CLAIM);
  }

  /**
   * The same for a checkpoint of another job, which keeps it: that job may run, or run again. The
   * first checkpoint of the restored job contains all state.
   */
  public void copyIn(Configuration settings) {
    restoreIn(settings, RecoveryClaimMode.NO_CLAIM);
  }

  private void restoreIn(Configuration settings, RecoveryClaimMode mode) {
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString());
    settings.set(StateRecoveryOptions.RESTORE_MODE, mode);
    settings.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
  }
}
