package dev.millrace.deploy.evolution;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/**
 * The checkpoints of generations of which topics were deleted. No job starts from them. Those of
 * other generations that do not serve stay: they are the state with which one comes back.
 */
final class DeletedGenerations {
  private final String pipeline;
  private final Path stateDir;

  /**
   * @param pipeline its name
   * @param stateDir of the features jobs
   */
  DeletedGenerations(String pipeline, Path stateDir) {
    this.pipeline = pipeline;
    this.stateDir = stateDir;
  }

  /**
   * Deletes their directories.
   *
   * @param generations all records of the pipeline
   * @return the directories that existed
   */
  List<Path> deleteCheckpoints(Collection<FeatureGeneration> generations) {
    List<Path> deleted = new ArrayList<>();
    for (FeatureGeneration generation : generations) {
      Path directory =
          stateDir.resolve(ProcessNames.featuresJob(pipeline, generation.getGeneration()));
      if (generation.getStatus() == GenerationStatus.DELETED && Files.isDirectory(directory)) {
        delete(directory);
        deleted.add(directory);
      }
    }
    return deleted;
  }

  private static void delete(Path directory) {
    try {
      Utils.delete(directory.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoints in " + directory + " cannot be deleted", e);
    }
  }
}
