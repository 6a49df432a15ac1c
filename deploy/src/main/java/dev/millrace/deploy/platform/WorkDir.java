package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The directory of a platform, locked by one platform at a time. */
final class WorkDir implements AutoCloseable {
  private final Path path;
  private final FileChannel lockFile;

  private WorkDir(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Creates the directory if it is missing, and locks it.
   *
   * @throws PlatformException if another platform runs in it
   */
  static WorkDir lock(Path path) {
    try {
      Files.createDirectories(path);
      var file =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(file) == null) {
        file.close();
        throw new PlatformException(
            "another platform runs in %s; stop it or choose another directory with --dir"
                .formatted(path));
      }
      var locked = new WorkDir(path, file);
      // These files remain if the platform was killed.
      locked.deleteTemporary();
      return locked;
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + path + " cannot be used", e);
    }
  }

  /** A subdirectory, created if it is missing. */
  Path directory(String name) {
    try {
      return Files.createDirectories(path.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the directory " + path.resolve(name) + " cannot be created", e);
    }
  }

  /** The log file of a component. */
  Path log(Component component) {
    return directory("logs").resolve(component.label() + ".log");
  }

  /** Empties the log file of a component. */
  void emptyLog(Component component) {
    try {
      Files.write(log(component), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the log of " + component.label() + " in " + path + " cannot be created", e);
    }
  }

  /** The directory into which the children unpack native libraries; deleted at the end. */
  Path temporary() {
    return directory("tmp");
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      PlatformAddressFile.delete(path);
      deleteTemporary();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be cleaned up", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      // This process holds the lock.
      return null;
    }
  }

  private void deleteTemporary() throws IOException {
    new PartialApply(path).end();
    var temporary = path.resolve("tmp");
    if (Files.exists(temporary)) {
      try (var files = Files.walk(temporary)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
