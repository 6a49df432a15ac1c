package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Retrain;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionCopyTest {
  private final Path original;
  private final Path copies;

  DefinitionCopyTest(@TempDir Path original, @TempDir Path copies) {
    this.original = original;
    this.copies = copies;
  }

  @Test
  void theCopyMeansTheSameAndStaysSoWhenTheOriginalsChange() throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(original);
    String digest = DefinitionDigest.of(file);
    Pipeline before = PipelineFile.load(file);

    Path copy = DefinitionCopy.write(file, copies);
    try (Stream<Path> files = Files.list(original)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(each, "changed");
      }
    }

    assertThat(DefinitionDigest.of(copy)).isEqualTo(digest);
    assertThat(PipelineFile.load(copy)).hasToString(before.toString());
  }

  @Test
  void theModelIsCopiedWithItsProfile() throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(original);
    String text = Files.readString(file);
    Files.writeString(file, text.replace("  name: lateness\n", "  name: lateness\n  path: m/v1\n"));
    Path model = Files.createDirectories(original.resolve("m/v1"));
    Files.writeString(ModelArtifact.model(model), "the model");
    Files.writeString(ModelArtifact.profile(model), "the profile");

    Path copy = DefinitionCopy.write(file, copies);

    Model read = Objects.requireNonNull(PipelineFile.load(copy).model());
    Path path = Objects.requireNonNull(read.path());
    assertThat(path).isEqualTo(copies.resolve("model"));
    assertThat(ModelArtifact.model(path)).hasContent("the model");
    assertThat(ModelArtifact.profile(path)).hasContent("the profile");
  }

  @Test
  void theFileOfASecretStaysWhereItIs() throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(original);
    String text = Files.readString(file);
    String login = "call: {url: 'http://h/', login: {user: u, password: {file: keys/p}}}";
    Files.writeString(file, text.replace("min_labels: 5000", "min_labels: 5000, " + login));

    Path copy = DefinitionCopy.write(file, copies);

    Retrain retrain = Objects.requireNonNull(PipelineFile.load(copy).retrain());
    assertThat(Objects.requireNonNull(retrain.call()).credentials())
        .isEqualTo(
            new Credentials.Login("u", new Secret.OfFile(original.resolve("keys/p").toString())));
  }
}
