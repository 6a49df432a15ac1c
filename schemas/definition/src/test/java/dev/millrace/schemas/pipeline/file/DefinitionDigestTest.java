package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionDigestTest {
  private final Path directory;
  private final Path file;
  private final String digest;

  DefinitionDigestTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = ExamplePipeline.FLIGHTS.writeTo(directory);
    this.digest = DefinitionDigest.of(file);
  }

  @Test
  void commentsLayoutAndPlaceDoNotMatter(@TempDir Path elsewhere) throws IOException {
    Path other = ExamplePipeline.FLIGHTS.writeTo(elsewhere);
    Files.writeString(other, "# a comment\n" + Files.readString(other).replace(": ", ":   "));

    assertThat(DefinitionDigest.of(other)).isEqualTo(digest).hasSize(64);
  }

  @Test
  void thePathOfTheModelDoesNotMatter() throws IOException {
    replace("  name: lateness\n", "  name: lateness\n  path: model\n");

    assertThat(DefinitionDigest.of(file)).isEqualTo(digest);
  }

  @Test
  void theCallOfATriggerDoesNotMatter() throws IOException {
    replace("min_labels: 5000}", "min_labels: 5000, call: {url: 'http://localhost/'}}");

    assertThat(DefinitionDigest.of(file)).isEqualTo(digest);
  }

  @Test
  void aValueMatters() throws IOException {
    replace("ttl: 2d", "ttl: 3d");

    assertThat(DefinitionDigest.of(file)).isNotEqualTo(digest);
  }

  @Test
  void theContentOfASchemaMatters() throws IOException {
    Path schema = directory.resolve("departure.avsc");
    Files.writeString(schema, Files.readString(schema) + "\n");
    assertThat(DefinitionDigest.of(file)).isEqualTo(digest);

    Files.writeString(schema, Files.readString(schema).replace("Departure", "Start"));
    assertThat(DefinitionDigest.of(file)).isNotEqualTo(digest);
  }

  private void replace(String before, String after) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }
}
