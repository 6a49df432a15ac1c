package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
