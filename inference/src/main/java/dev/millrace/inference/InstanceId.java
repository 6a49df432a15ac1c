package dev.millrace.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A name that stays with a state directory. The group then knows a process that comes back, and
 * gives it its partitions at once instead of waiting for its forerunner's session to end.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/kRg0BQ">KIP-345, static membership</a>
 */
final class InstanceId {
  private InstanceId() {}

  /** Reads the application's id from the state directory, or makes one and keeps it there. */
  static String of(Path stateDir, String applicationId) throws IOException {
    Path file = stateDir.resolve(applicationId + ".instance");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
    Files.createDirectories(stateDir);
    String made = UUID.randomUUID().toString();
    Files.writeString(file, made);
    return made;
  }
}
