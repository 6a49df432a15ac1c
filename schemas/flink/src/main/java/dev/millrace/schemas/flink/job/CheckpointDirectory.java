package dev.millrace.schemas.flink.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;

/**
 * The local directory with the checkpoints of one job. Each run of the job has a directory in it,
 * named by Flink's job id, with directories {@code chk-<n>}.
 */
public record CheckpointDirectory(Path path) {
  /** The job's directory in a state directory that several jobs share. */
  public static CheckpointDirectory of(Path stateDir, String jobName) {
    return new CheckpointDirectory(stateDir.toAbsolutePath().resolve(jobName));
  }

  /**
   * The directories of all jobs in a state directory whose names begin as given, by job name; none
   * if the state directory does not exist.
   */
  public static Map<String, CheckpointDirectory> all(Path stateDir, String namePrefix) {
    if (!Files.isDirectory(stateDir)) {
      return Map.of();
    }
    Map<String, CheckpointDirectory> found = new TreeMap<>();
    try (Stream<Path> entries = Files.list(stateDir)) {
      entries
          .filter(Files::isDirectory)
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.startsWith(namePrefix))
          .forEach(name -> found.put(name, of(stateDir, name)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for checkpoints in " + stateDir, e);
    }
    return found;
  }

  /** Makes the job write its checkpoints here. */
  public void writeTo(Configuration settings) {
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, path.toUri().toString());
  }

  /** The newest complete checkpoint of any run of the job. */
  public Optional<Checkpoint> newest() {
    if (!Files.isDirectory(path)) {
      return Optional.empty();
    }
    PathMatcher complete =
        FileSystems.getDefault().getPathMatcher("glob:**/chk-*/" + Checkpoint.METADATA);
    try (Stream<Path> files = Files.find(path, 3, (file, a) -> complete.matches(file))) {
      return files
          .map(metadata -> Checkpoint.in(Objects.requireNonNull(metadata.getParent())))
          .max(Comparator.comparing(Checkpoint::completedAt));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for checkpoints in " + path, e);
    }
  }
}
