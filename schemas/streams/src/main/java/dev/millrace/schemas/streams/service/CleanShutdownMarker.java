package dev.millrace.schemas.streams.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A marker file in the state directory: the last process shut down cleanly.
 *
 * <p>With exactly-once, state that a killed process left cannot be used: it may contain uncommitted
 * data, and Kafka Streams deletes it task by task. In 4.3.1 that fails for segmented stores, whose
 * open segments stay locked, and for global stores (KAFKA-21034); the process then never becomes
 * ready. So all local state is deleted before the start unless the marker exists.
 */
final class CleanShutdownMarker {
  private final Path stateDir;
  private final Path file;

  CleanShutdownMarker(Path stateDir, String applicationId) {
    this.stateDir = stateDir;
    this.file = stateDir.resolve(applicationId + ".clean-shutdown");
  }

  /**
   * Deletes the marker; returns whether it existed, that is, whether the last shutdown was clean.
   */
  boolean deleteMarker() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be deleted", e);
    }
  }

  /** Writes the marker for the next process. */
  void writeMarker() {
    try {
      Files.createDirectories(stateDir);
      Files.write(file, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
