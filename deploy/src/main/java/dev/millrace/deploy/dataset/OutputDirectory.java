package dev.millrace.deploy.dataset;

import dev.millrace.deploy.process.PlatformException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is written under a temporary name beside its final one and then renamed, so that
 * it is complete or does not exist.
 */
public final class OutputDirectory implements Closeable {
  private final Path target;
  private final Path partial;
  private final Thread atExit = new Thread(this::deleteAtExit, "partial-output");

  private OutputDirectory(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Creates the temporary directory.
   *
   * @throws PlatformException if the final directory exists and is not empty
   */
  public static OutputDirectory create(Path directory) throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    requireEmpty(target, directory);
    Path parent = target.getParent();
    if (parent == null) {
      throw new PlatformException("%s: give a directory that can be created".formatted(directory));
    }
    Files.createDirectories(parent);
    // Not a temporary directory of the system, which only its owner can read.
    String partial = "." + target.getFileName() + ".partial-" + ProcessHandle.current().pid();
    return new OutputDirectory(target, Files.createDirectory(parent.resolve(partial)));
  }

  /** The temporary directory. */
  public Path partial() {
    return partial;
  }

  /** Gives the directory its final name. */
  void complete() throws IOException {
    requireEmpty(target, target);
    // A rename replaces an empty directory on some systems only.
    Files.deleteIfExists(target);
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Deletes the temporary directory if it was not given its final name. The exit of this JVM by
   * Ctrl-C or SIGTERM does so, too.
   */
  @Override
  public void close() throws IOException {
    if (Files.exists(partial)) {
      delete(partial);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is already shutting down.
    }
  }

  /**
   * The other threads still write. Under its former name they find the directory no more, so that
   * it has no new files while it is deleted.
   */
  private void deleteAtExit() {
    // The jobs of the build write there, too, and end only after this JVM.
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    Path deleted = partial.resolveSibling(partial.getFileName() + "-deleted");
    try {
      if (Files.exists(partial)) {
        Files.move(partial, deleted, StandardCopyOption.ATOMIC_MOVE);
        delete(deleted);
      }
    } catch (IOException e) {
      System.err.printf("%s cannot be deleted: %s%n", deleted, e);
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static void requireEmpty(Path target, Path shown) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> files = Files.list(target)) {
      if (files.findAny().isEmpty()) {
        return;
      }
    } catch (NotDirectoryException e) {
      throw new PlatformException(shown + " is a file; give another directory", e);
    }
    throw new PlatformException(
        "%s is not empty; give another directory, or delete it first".formatted(shown));
  }
}
