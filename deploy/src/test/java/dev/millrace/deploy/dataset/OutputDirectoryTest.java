package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path parent;

  @Test
  void existsOnlyWhenItIsComplete() throws IOException {
    Path target = parent.resolve("new/train");

    try (OutputDirectory out = OutputDirectory.create(target)) {
      Files.writeString(out.partial().resolve("rows"), "1");
      assertThat(target).doesNotExist();
      out.complete();
    }

    assertThat(target.resolve("rows")).hasContent("1");
    assertThat(parent.resolve("new"))
        .isDirectoryContaining(target::equals)
        .isDirectoryNotContaining(file -> !file.equals(target));
  }

  @Test
  void isDeletedIfItDoesNotBecomeComplete() throws IOException {
    try (OutputDirectory out = OutputDirectory.create(parent.resolve("train"))) {
      Files.createDirectories(out.partial().resolve("temporary"));
      Files.writeString(out.partial().resolve("temporary/run"), "1");
    }

    assertThat(parent).isEmptyDirectory();
  }

  /** Ctrl-C and SIGTERM; the build still writes while the JVM exits. */
  @Test
  void isDeletedIfTheProcessIsTerminated() throws Exception {
    List<String> command =
        new JavaCommand(List.of("-Xmx64m"), System.getProperty("java.class.path"))
            .run(Writer.class.getName(), List.of(parent.resolve("train").toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("writes");
      assertThat(parent).isNotEmptyDirectory();
      process.destroy();
      process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    assertThat(parent).isEmptyDirectory();
  }

  /** Writes files into the temporary directory of an output until it is terminated. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      OutputDirectory out = OutputDirectory.create(Path.of(arguments[0]));
      Path temporary = Files.createDirectory(out.partial().resolve("temporary"));
      for (int i = 0; ; i++) {
        Files.writeString(temporary.resolve("run" + i), "1");
        if (i == 100) {
          System.out.println("writes");
        }
      }
    }
  }

  @Test
  void anEmptyDirectoryIsReplaced() throws IOException {
    Path target = Files.createDirectory(parent.resolve("train"));

    try (OutputDirectory out = OutputDirectory.create(target)) {
      Files.writeString(out.partial().resolve("rows"), "1");
      out.complete();
    }

    assertThat(target.resolve("rows")).exists();
  }

  @Test
  void aDirectoryWithFilesAndAFileAreRejected() throws IOException {
    Path target = Files.createDirectory(parent.resolve("train"));
    Path file = Files.writeString(target.resolve("rows.parquet"), "1");

    assertThatThrownBy(() -> OutputDirectory.create(target))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("train is not empty; give another directory, or delete it first");
    assertThatThrownBy(() -> OutputDirectory.create(file))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("rows.parquet is a file");
  }
}
