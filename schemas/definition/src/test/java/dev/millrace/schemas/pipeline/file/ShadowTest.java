package dev.millrace.schemas.pipeline.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code model.shadow}. */
class ShadowTest {
  private static final String NAME = "  name: lateness\n";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeEach
  void models() throws IOException {
    for (String name : new String[] {"one", "two", "same"}) {
      Path model = Files.createDirectories(directory.resolve(name));
      Files.writeString(ModelArtifact.model(model), name.equals("two") ? "other bytes" : "bytes");
    }
  }

  @Test
  void isADirectoryAsThePath() {
    assertThat(Objects.requireNonNull(load("  path: one\n").model()).shadow()).isNull();

    Model model = Objects.requireNonNull(load("  path: one\n  shadow: two\n").model());
    assertThat(model.path()).isEqualTo(directory.resolve("one"));
    assertThat(model.shadow()).isEqualTo(directory.resolve("two"));
  }

  @Test
  void theSameVersionIsAMistake() {
    assertThatThrownBy(() -> load("  path: one\n  shadow: same\n"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(
            "are the same version, " + ModelArtifact.digest("bytes".getBytes(UTF_8)));
  }

  @Test
  void aShadowWithoutAModelIsAMistake() {
    assertThatThrownBy(() -> load("  shadow: two\n"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("nothing to compare with");
    assertThatThrownBy(() -> load("  path: one\n  shadow: three\n"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("there is no directory at");
  }

  @Test
  void aCopyHasBothModels(@TempDir Path copies) throws IOException {
    load("  path: one\n  shadow: two\n");

    Path copy = DefinitionCopy.write(directory.resolve("flights.yaml"), copies);

    Model model = Objects.requireNonNull(PipelineFile.load(copy).model());
    assertThat(ModelArtifact.model(Objects.requireNonNull(model.path()))).hasContent("bytes");
    assertThat(model.shadow()).isEqualTo(copies.resolve("shadow"));
    assertThat(ModelArtifact.model(Objects.requireNonNull(model.shadow())))
        .hasContent("other bytes");
  }

  /** A data set is of inputs and labels, whichever models score. */
  @Test
  void theDigestOfTheDefinitionDoesNotContainIt() throws IOException {
    load("");
    String before = DefinitionDigest.of(directory.resolve("flights.yaml"));
    load("  path: one\n  shadow: two\n");

    assertThat(DefinitionDigest.of(directory.resolve("flights.yaml"))).isEqualTo(before);
  }

  private Pipeline load(String keys) {
    return Flights.load(directory, Flights.with(NAME, NAME + keys));
  }
}
