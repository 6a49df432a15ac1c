package dev.millrace.schemas.flink.job;

import java.nio.file.Path;
import java.time.Instant;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;

/** A complete checkpoint in a local directory. */
public record Checkpoint(Path path, Instant completedAt) {
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
