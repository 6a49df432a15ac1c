package dev.millrace.features;

import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where checkpoints are kept in a local state directory, and which one to go on from. Which parts
 * of a checkpoint a changed definition may use, the ids of the operators say (see {@link
 * FeaturesJob}).
 */
final class Checkpoints {
  private static final String COMPLETE = "_metadata";

  private Checkpoints() {}

  static Path directory(Path stateDir, Pipeline pipeline) {
    return stateDir.toAbsolutePath().resolve(FeaturesJob.name(pipeline));
  }

  /** The newest complete checkpoint of any run of the job ({@code <job id>/chk-<n>}). */
  static Optional<Path> newest(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(directory, 3)) {
      return files
          .filter(file -> file.endsWith(COMPLETE))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .map(Path::getParent);
    }
  }
}
