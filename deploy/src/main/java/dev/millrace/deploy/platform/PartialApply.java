package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the definitions that are being applied, in the platform's directory: from before the
 * first process is restarted with one until all of them run with one. After an interruption it is
 * otherwise unknown which definition a process runs with. The file has a line for each definition:
 * an apply that goes back after an interruption may be interrupted, too.
 */
public final class PartialApply {
  /** In the platform's directory; deleted when the platform starts. */
  static final String FILE = "applying";

  private final Path file;

  /**
   * An apply that was interrupted.
   *
   * @param definition that was applied in part; of several, another one than is planned now
   * @param same whether it is the only one, and the one that is planned or applied now
   */
  public record Interrupted(String definition, boolean same) {}

  public PartialApply(Path workDir) {
    this.file = workDir.resolve(FILE);
  }

  /**
   * The apply that was interrupted; null if there is none.
   *
   * @param definition that is planned or applied now
   */
  public @Nullable Interrupted interrupted(Path definition) {
    try {
      List<String> applied = applied();
      if (applied.isEmpty()) {
        return null;
      }
      return applied.stream()
          .filter(other -> !other.equals(definition.toString()))
          .findFirst()
          .map(other -> new Interrupted(other, false))
          .orElseGet(() -> new Interrupted(definition.toString(), true));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Before a process is restarted with a definition. */
  public void begin(Path definition) {
    try {
      List<String> applied = new ArrayList<>(applied());
      if (!applied.contains(definition.toString())) {
        applied.add(definition.toString());
        Files.write(file, applied);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private List<String> applied() throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** All processes run with the definition. */
  public void end() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private PlatformException failed(IOException e) {
    return new PlatformException("%s cannot be used: %s".formatted(file, e.getMessage()), e);
  }
}
