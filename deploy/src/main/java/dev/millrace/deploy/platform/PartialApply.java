package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the definition that is being applied, in the platform's directory: from before the
 * first process is restarted with it until all of them run with it. After an interruption it is
 * otherwise unknown which definition a process runs with.
 */
public final class PartialApply {
  /** In the platform's directory; deleted when the platform starts. */
  static final String FILE = "applying";

  private final Path file;

  /**
   * An apply that was interrupted.
   *
   * @param definition that was applied in part
   * @param same whether it is the one that is planned or applied now
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
      String applied = Files.exists(file) ? Files.readString(file) : "";
      return applied.isEmpty()
          ? null
          : new Interrupted(applied, applied.equals(definition.toString()));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Before a process is restarted with a definition. */
  public void begin(Path definition) {
    try {
      Files.writeString(file, definition.toString());
    } catch (IOException e) {
      throw failed(e);
    }
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
