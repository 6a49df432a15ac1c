package dev.millrace.schemas.flink.job;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;

/**
 * The operators of the job that took a checkpoint or a savepoint, by uid.
 *
 * @param uids of all operators
 * @param finished of those that had read their input to its end in all tasks
 */
public record CheckpointOperators(Set<String> uids, Set<String> finished) {
  public CheckpointOperators {
    uids = Set.copyOf(uids);
    finished = Set.copyOf(finished);
  }

  /**
   * Reads the metadata of a checkpoint, without the state.
   *
   * @param checkpoint its directory
   * @throws IOException if it has no metadata that this version of Flink can read
   */
  public static CheckpointOperators read(Path checkpoint) throws IOException {
    Set<String> uids = new HashSet<>();
    Set<String> finished = new HashSet<>();
    Path metadata = new Path(checkpoint, Checkpoint.METADATA);
    try (InputStream file = metadata.getFileSystem().open(metadata);
        DataInputStream in = new DataInputStream(new BufferedInputStream(file))) {
      ClassLoader classes = CheckpointOperators.class.getClassLoader();
      for (OperatorState operator :
          Checkpoints.loadCheckpointMetadata(in, classes, checkpoint.toString())
              .getOperatorStates()) {
        operator.getOperatorUid().ifPresent(uids::add);
        if (operator.isFullyFinished()) {
          operator.getOperatorUid().ifPresent(finished::add);
        }
      }
    }
    return new CheckpointOperators(uids, finished);
  }
}
