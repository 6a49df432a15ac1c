package dev.millrace.schemas.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file beside the local state that says that the last process on it ended in order.
 *
 * <p>With exactly-once, state that a killed process left behind is of no use: it may hold what was
 * never committed, and Kafka Streams throws it away task by task as it meets it. In 4.3.1 that
 * fails where a store is made of segments, since the opened ones stay locked, and for global stores
 * (KAFKA-21034); the process then never gets ready. So it is thrown away as a whole before the
 * start.
 */
final class CleanShutdown {
  private final Path stateDir;
  private final Path file;

  CleanShutdown(Path stateDir, String applicationId) {
    this.stateDir = stateDir;
    this.file = stateDir.resolve(applicationId + ".ended-in-order");
  }

  /** Whether the last process ended in order; asked again, it says no. */
  boolean take() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be deleted", e);
    }
  }

  /** Says so to the next process. */
  void leave() {
    try {
      Files.createDirectories(stateDir);
      Files.write(file, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
