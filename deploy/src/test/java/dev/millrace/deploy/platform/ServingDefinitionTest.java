package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.GenerationLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingDefinitionTest {
  private final Path workDir;
  private final Path file;
  private final Path copy;
  private final Pipeline before;
  private final FeatureGeneration serving;

  ServingDefinitionTest(@TempDir Path directory) {
    workDir = directory.resolve("platform");
    file = ExamplePipeline.FLIGHTS.writeTo(directory);
    copy = DefinitionStore.copy(workDir, file);
    before = PipelineFile.load(file);
    serving = GenerationLog.begun(before, Instant.EPOCH);
  }

  /** Events that wait would not get a vector: no job writes those of the new generation. */
  @Test
  void aChangedViewNeedsApply() throws IOException {
    Pipeline changed = changed("windows: [1h, 3h, 1d]", "windows: [1h, 3h, 2d]");
    assertThatThrownBy(() -> ServingDefinition.requireSameVectors(changed, serving, workDir, file))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("generation " + Generation.of(changed))
        .hasMessageContaining("millrace up %s --dir %s".formatted(copy, workDir))
        .hasMessageContaining("millrace apply %s --dir %s".formatted(file, workDir));
  }

  @Test
  void anotherModelOrWaitNeedsNone() throws IOException {
    Pipeline changed = changed("ttl: 2d", "ttl: 3d");
    assertThatCode(() -> ServingDefinition.requireSameVectors(changed, serving, workDir, file))
        .doesNotThrowAnyException();
  }

  /** All events are read from the beginning then. */
  @Test
  void theFirstGenerationWithLookupsNeedsNone() throws IOException {
    Pipeline changed = changed("windows: [1h, 3h, 1d]", "windows: [1h, 3h, 2d]");
    FeatureGeneration without = FeatureGeneration.newBuilder(serving).setLookups(List.of()).build();
    assertThatCode(
            () -> {
              ServingDefinition.requireSameVectors(changed, without, workDir, file);
              ServingDefinition.requireSameVectors(changed, null, workDir, file);
            })
        .doesNotThrowAnyException();
  }

  private Pipeline changed(String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
    return PipelineFile.load(file);
  }
}
