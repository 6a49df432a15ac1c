package dev.millrace.schemas.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineArgumentTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path dir;

  @Test
  void aLocalPathStaysAsItIs() {
    PipelineArgument argument = new PipelineArgument(dir);
    assertThat(argument.convert("p/pipeline.yaml")).isEqualTo(Path.of("p/pipeline.yaml"));
    assertThat(argument.convert("/p/pipeline.yaml")).isEqualTo(Path.of("/p/pipeline.yaml"));
  }

  @Test
  void aFileOfFlinksFileSystemsIsCopiedWithItsDirectory() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("folder"));
    Files.writeString(folder.resolve("pipeline.yaml"), "name: p");
    Files.writeString(Files.createDirectory(folder.resolve("model")).resolve("model.onnx"), "m");
    Path copy =
        new PipelineArgument(dir).convert(folder.resolve("pipeline.yaml").toUri().toString());
    assertThat(copy).hasContent("name: p");
    assertThat(copy.getParent()).isNotEqualTo(folder);
    assertThat(copy.resolveSibling("model/model.onnx")).hasContent("m");
  }

  /** Kubernetes mounts a ConfigMap as links to a directory that it replaces at once. */
  @Test
  void aMountedConfigMapIsRead() throws IOException {
    Path mount = Files.createDirectories(dir.resolve("mount"));
    Path data = Files.createDirectory(mount.resolve("..2026_01_01"));
    Files.writeString(data.resolve("pipeline.yaml"), "name: p");
    Files.writeString(data.resolve("order.avsc"), "{}");
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_01_01"));
    for (String file : new String[] {"pipeline.yaml", "order.avsc"}) {
      Files.createSymbolicLink(mount.resolve(file), Path.of("..data", file));
    }
    PipelineArgument argument = new PipelineArgument(dir);
    assertThat(argument.convert(mount.resolve("pipeline.yaml").toString())).hasContent("name: p");
    Path copy = argument.convert(mount.resolve("pipeline.yaml").toUri().toString());
    assertThat(copy).hasContent("name: p");
    assertThat(copy.resolveSibling("order.avsc")).hasContent("{}");
  }

  @Test
  void aFileInTheJarIsUnpackedWithWhatIsBesideIt() throws IOException {
    Path jar = jar("pipeline/pipeline.yaml", "pipeline/model/model.onnx", "other/file");
    Path file = new PipelineArgument(jar).convert("jar:pipeline.yaml");
    assertThat(file).hasContent("pipeline/pipeline.yaml");
    assertThat(file.resolveSibling("model/model.onnx")).hasContent("pipeline/model/model.onnx");
    assertThat(file.resolveSibling("file")).doesNotExist();
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    assertThatThrownBy(() -> new PipelineArgument(jar("a")).convert("jar:pipeline.yaml"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("pipeline/pipeline.yaml")
        .hasMessageContaining("millrace submit");
    String missing = dir.resolve("none/pipeline.yaml").toUri().toString();
    assertThatThrownBy(() -> new PipelineArgument(dir).convert(missing))
        .hasMessageContaining("none/pipeline.yaml");
    Path outside = jar("pipeline/../../pipeline.yaml");
    assertThatThrownBy(() -> new PipelineArgument(outside).convert("jar:pipeline.yaml"))
        .hasMessageContaining("outside");
  }

  /** A jar whose files contain their names. */
  private Path jar(String... names) throws IOException {
    Path jar = Files.createTempFile(dir, "job", ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      for (String name : names) {
        entries.putNextEntry(new JarEntry(name));
        entries.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }
}
