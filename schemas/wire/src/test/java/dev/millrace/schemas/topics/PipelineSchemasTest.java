package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineSchemasTest {
  @Test
  void schemasAreValidAvro(@TempDir Path directory) throws IOException {
    Pipeline pipeline = flights(directory, "no such line");

    for (Topics.Topic topic : Topics.of(pipeline)) {
      Schema schema = topic.schema();
      if (schema != null) {
        assertThat(new Schema.Parser().parse(schema.toString())).isEqualTo(schema);
        assertThat(SchemaNormalization.parsingFingerprint64(schema)).isNotZero();
      }
    }
  }

  @Test
  void anAddedInputIsAbsentInOlderPredictions(@TempDir Path directory) throws IOException {
    Pipeline older = flights(directory, "    - hour: getHours(departed_at)");
    Pipeline newer = flights(directory, "no such line");

    assertThat(PipelineSchemas.prediction(newer)).isNotEqualTo(PipelineSchemas.prediction(older));
    assertThat(
            SchemaCompatibility.checkReaderWriterCompatibility(
                    PipelineSchemas.prediction(newer), PipelineSchemas.prediction(older))
                .getType())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  /** The flights pipeline without the line that starts with a text. */
  private static Pipeline flights(Path directory, String without) throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    Files.write(
        file, Files.readAllLines(file).stream().filter(line -> !line.startsWith(without)).toList());
    return PipelineFile.load(file);
  }
}
