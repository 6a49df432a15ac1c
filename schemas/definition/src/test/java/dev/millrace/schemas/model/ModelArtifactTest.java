package dev.millrace.schemas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelArtifactTest {
  @Test
  void modelAndProfileAreIdentifiedByTheirBytes(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("model.onnx"), "a model");
    Files.writeString(directory.resolve("profile.json"), "{}");

    // printf 'a model' | sha256sum; printf '{}' | sha256sum
    assertThat(ModelArtifact.read(directory))
        .isEqualTo(new ModelArtifact("97ff8a35544d", "44136fa355b3"));
  }

  @Test
  void acceptsAModelWithoutAProfile(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("model.onnx"), "a model");

    assertThat(ModelArtifact.read(directory)).isEqualTo(new ModelArtifact("97ff8a35544d", null));
  }

  @Test
  void rejectsADirectoryWithoutAModel(@TempDir Path directory) {
    assertThatThrownBy(() -> ModelArtifact.read(directory))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("model.onnx");
  }
}
