package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Records that were written before the pipeline had such views can be read. */
  @ParameterizedTest
  @EnumSource(Feedback.class)
  void viewsReadAPartOfPredictionsAndOutcomes(Feedback feedback, @TempDir Path directory)
      throws IOException {
    Pipeline older = flights(directory, "no such line");
    Path file = directory.resolve("pipeline.yaml");
    Files.writeString(
        file,
        Files.readString(ExamplePipeline.FLIGHTS.writeTo(directory))
            .replace(
                "features:\n",
                """
                features:
                  past:
                    from: %s
                    entity: destination
                    aggregates:
                      - {input: score, operations: [avg], windows: [1h], where: distance > 10}
                """
                    .formatted(feedback.sourceName())));
    Pipeline newer = PipelineFile.load(file);

    Schema read = FeedbackSchemas.read(newer, feedback);
    assertThat(read.getField("context").schema().getFields().stream().map(Schema.Field::name))
        .containsExactly("destination", "distance");
    assertThat(read.getField("inputs")).isNull();
    for (Pipeline writer : List.of(older, newer)) {
      Schema written =
          feedback == Feedback.PREDICTIONS
              ? PipelineSchemas.prediction(writer)
              : PipelineSchemas.outcome(writer);
      assertThat(SchemaCompatibility.checkReaderWriterCompatibility(read, written).getType())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
    assertThat(PipelineSchemas.prediction(older).getField("context")).isNull();
  }

  /** A registry takes another order of the same defaults for another version. */
  @Test
  void theTextOfASchemaIsTheSameInEachProcess(@TempDir Path directory) throws IOException {
    Pipeline pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
    assertThat(PipelineSchemas.prediction(pipeline).toString())
        .contains("\"default\":{\"complete\":false,\"wait\":\"NOT_AWAITED\"}");
  }

  /** The flights pipeline without the line that starts with a text. */
  private static Pipeline flights(Path directory, String without) throws IOException {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    Files.write(
        file, Files.readAllLines(file).stream().filter(line -> !line.startsWith(without)).toList());
    return PipelineFile.load(file);
  }
}
