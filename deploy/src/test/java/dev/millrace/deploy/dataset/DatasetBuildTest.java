package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is rejected before a topic is read. */
class DatasetBuildTest {
  private static final Selection LABELLED =
      new Selection(
          Instant.parse("2001-01-01T00:00:00Z"),
          Instant.parse("2001-01-02T00:00:00Z"),
          false,
          false,
          false);

  @Test
  void aManifestOfAnotherDefinitionIsRejected(@TempDir Path directory) throws IOException {
    Pipeline payments = PipelineFile.load(Path.of("examples/payments/pipeline.yaml"));
    Manifest manifest =
        Manifest.of(
            new DatasetBuild.Definition(payments, "before", "1"),
            LABELLED,
            List.of(),
            new Counts(1, 1, 0, 0, 0, 0, 0),
            List.of(),
            new RowFiles.Digests("a", "b"),
            List.of());

    try (OutputDirectory out = OutputDirectory.create(directory.resolve("train"))) {
      assertThatThrownBy(() -> build(payments).build(manifest, out))
          .isInstanceOf(PlatformException.class)
          .hasMessage(
              "the pipeline file has the digest now, but the data set was built with before; use that version of the file");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aPipelineWithoutLabelsNeedsTheOption(@TempDir Path directory) throws IOException {
    String text = Files.readString(Path.of("examples/payments/pipeline.yaml"));
    Path examples = Path.of("examples/payments").toAbsolutePath();
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(
        file,
        text.substring(0, text.indexOf("\nmodel:"))
            .replace("schema: ", "schema: " + examples + "/"));

    try (OutputDirectory out = OutputDirectory.create(directory.resolve("train"))) {
      assertThatThrownBy(() -> build(PipelineFile.load(file)).build(LABELLED, out))
          .isInstanceOf(PlatformException.class)
          .hasMessageStartingWith("pipeline payments has no labels; add 'labels' to its file, or");
    }
  }

  private static DatasetBuild build(Pipeline pipeline) {
    return new DatasetBuild(
        new DatasetBuild.Definition(pipeline, "now", "1"),
        new Properties(),
        new InMemoryRegistry(),
        new DatasetBuild.Jobs((rows, profile) -> {}, (ranges, out, temporary) -> {}),
        line -> {});
  }
}
