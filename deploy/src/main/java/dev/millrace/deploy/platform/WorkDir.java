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

/** The platform's directory on disk, held by one platform at a time. */
final class WorkDir implements AutoCloseable {
  private final Path path;
  private final FileChannel lockFile;

  private WorkDir(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Creates it where it is missing, and takes it.
   *
   * @throws PlatformException when another platform runs in it
   */
  static WorkDir take(Path path) {
    try {
      Files.createDirectories(path);
      var file =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(file) == null) {
        file.close();
        throw new PlatformException(
            "another platform runs in %s; stop it, or name another directory with --dir"
                .formatted(path));
      }
      var taken = new WorkDir(path, file);
      // What a killed platform could not clean up.
      taken.deleteTemporary();
      return taken;
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + path + " cannot be used", e);
    }
  }

  /** A directory in it, created when it is missing. */
  Path directory(String name) {
    try {
      return Files.createDirectories(path.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("no directory " + name + " in " + path, e);
    }
  }

  /** The log file of a child, emptied. */
  Path freshLog(Component part) {
    try {
      var log = directory("logs").resolve(part.label() + ".log");
      Files.write(log, new byte[0]);
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException("no log of " + part.label() + " in " + path, e);
    }
  }

  /** Where the children unpack their native libraries; deleted at the end. */
  Path temporary() {
    return directory("tmp");
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      RunningPlatform.delete(path);
      deleteTemporary();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be cleaned up", e);
    }
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      // It is this very process that holds it.
      return null;
    }
  }

  private void deleteTemporary() throws IOException {
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
