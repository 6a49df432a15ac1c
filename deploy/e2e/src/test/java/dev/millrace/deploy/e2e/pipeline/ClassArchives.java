package dev.millrace.deploy.e2e.pipeline;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Archives of the loaded classes of the services (JEP 350). The first platform of a build writes
 * them when it ends; a JVM that starts with one needs a third less CPU time until it is ready, and
 * the tests start about a hundred.
 */
final class ClassArchives {
  private static final Path DIRECTORY = Path.of("target/class-archives").toAbsolutePath();
  private static final List<Component> COMPONENTS =
      List.of(
          Component.BROKER,
          Component.REGISTRY,
          Component.INGEST,
          Component.FLINK,
          Component.INFERENCE);

  private ClassArchives() {}

  /** The flag of a JVM that uses the archive of its component, or of one that can write it. */
  static String flag(Component component) {
    return exists(component)
        ? "-XX:SharedArchiveFile=" + archive(component)
        : "-XX:+RecordDynamicDumpInfo";
  }

  /** Writes the archives that do not exist yet. */
  static void writeMissing(LocalPlatform platform) {
    for (Component component : COMPONENTS) {
      if (!exists(component)) {
        ChildProcess child = platform.child(component);
        if (child.isAlive()) {
          write(child.pid(), archive(component));
        }
      }
    }
  }

  private static void write(long pid, Path archive) {
    try {
      Files.createDirectories(DIRECTORY);
      Path written = DIRECTORY.resolve(archive.getFileName() + "-" + pid);
      Process dump =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                  String.valueOf(pid),
                  "VM.cds",
                  "dynamic_dump",
                  written.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (dump.waitFor() == 0 && Files.exists(written)) {
        Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
      } else {
        System.out.println("no archive of classes " + archive.getFileName() + ": " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether there is an archive of the jars as they are. */
  private static boolean exists(Component component) {
    try {
      Path archive = archive(component);
      return Files.exists(archive) && Files.getLastModifiedTime(archive).compareTo(newestJar()) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileTime newestJar() throws IOException {
    try (Stream<Path> files = Files.walk(Packaged.DISTRIBUTION.home().resolve("lib"))) {
      return files.map(ClassArchives::modified).max(Comparator.naturalOrder()).orElseThrow();
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path archive(Component component) {
    return DIRECTORY.resolve(component.label() + ".jsa");
  }
}
