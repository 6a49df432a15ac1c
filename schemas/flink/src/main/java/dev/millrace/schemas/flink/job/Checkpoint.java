package dev.millrace.schemas.flink.job;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.Path;

/**
 * A complete checkpoint or savepoint.
 *
 * @param path its directory in any of Flink's file systems
 * @param completedAt when its metadata was written
 */
public record Checkpoint(Path path, Instant completedAt) {
  /** Flink writes this file last, so a checkpoint that has it is complete. */
  static final String METADATA = "_metadata";

  /** A checkpoint in a local directory. */
  public Checkpoint(java.nio.file.Path directory, Instant completedAt) {
    this(new Path(directory.toUri()), completedAt);
  }

  /**
   * The checkpoint or savepoint in a local directory.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Checkpoint in(java.nio.file.Path directory) {
    try {
      return new Checkpoint(
          directory, Files.getLastModifiedTime(directory.resolve(METADATA)).toInstant());
    } catch (IOException e) {
      throw new IllegalArgumentException(unreadable(directory.toString()), e);
    }
  }

  /**
   * The checkpoint or savepoint at a place in Flink's file systems.
   *
   * @param location its directory or its metadata file: a path or a URI
   * @throws IllegalArgumentException if there is none
   */
  public static Checkpoint at(String location) {
    try {
      Path named = new Path(location);
      Path directory = named.getName().equals(METADATA) ? named.getParent() : named;
      Path metadata = new Path(directory, METADATA);
      long written = metadata.getFileSystem().getFileStatus(metadata).getModificationTime();
      return new Checkpoint(directory, Instant.ofEpochMilli(written));
    } catch (IOException e) {
      throw new IllegalArgumentException(unreadable(location), e);
    }
  }

  private static String unreadable(String place) {
    return "%s is not a checkpoint or savepoint: its file %s cannot be read"
        .formatted(place, METADATA);
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
