package dev.millrace.deploy.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.GenerationLog;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTopicTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  private final Pipeline pipeline;

  GenerationTopicTest(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
  }

  @Test
  void aGenerationOfWhichATopicIsDeletedIsMarked() {
    FeatureGeneration retired = generation("0000000a", GenerationStatus.RETIRED);
    FeatureGeneration other = generation("0000000b", GenerationStatus.RETIRED);
    String vectors = Topics.vectors(pipeline, "0000000a");

    List<FeatureGeneration> marked = deleted(Set.of(vectors), retired, other);

    assertThat(marked)
        .containsExactly(
            FeatureGeneration.newBuilder(retired)
                .setStatus(GenerationStatus.DELETED)
                .setStatusAt(NOW)
                .build());
  }

  @Test
  void theRowsOfAViewBelongToEachGenerationThatHasThisVersionOfIt() {
    FeatureGeneration begun = generation("0000000a", GenerationStatus.BACKFILLING);
    FeatureGeneration retired = generation("0000000b", GenerationStatus.RETIRED);
    String rows = Topics.features(pipeline, "origin");
    assertThat(deleted(Set.of(rows), begun, retired)).hasSize(2);
  }

  @Test
  void theOneThatServesAndOneThatIsMarkedStayAsTheyAre() {
    FeatureGeneration serving = generation("0000000a", GenerationStatus.SERVING);
    FeatureGeneration marked = generation("0000000b", GenerationStatus.DELETED);
    assertThat(GenerationTopic.deleted(pipeline, List.of(serving, marked), topic -> true, NOW))
        .isEmpty();
  }

  private List<FeatureGeneration> deleted(Set<String> topics, FeatureGeneration... known) {
    return GenerationTopic.deleted(pipeline, List.of(known), topics::contains, NOW);
  }

  private FeatureGeneration generation(String name, GenerationStatus status) {
    return FeatureGeneration.newBuilder(GenerationLog.begun(pipeline, Instant.EPOCH))
        .setGeneration(name)
        .setStatus(status)
        .build();
  }
}
