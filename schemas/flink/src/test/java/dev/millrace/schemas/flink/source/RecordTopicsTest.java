package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordTopicsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path dir;

  private Path file = Path.of("");

  @BeforeEach
  void write() {
    file = ExamplePipeline.FLIGHTS.writeTo(dir);
  }

  private static RecordTopics arrivals(Pipeline pipeline) {
    return RecordTopics.events(pipeline, pipeline.source("arrivals"), RecordCheck.NONE);
  }

  @Test
  void readsLateEventsFromTheLateTopic() {
    assertThat(arrivals(PipelineFile.load(file)).names())
        .containsExactly("millrace.flights.arrivals", "millrace.flights.late");
  }

  @Test
  void readsScoredLateEventsFromTheCleanTopic() {
    Pipeline pipeline = PipelineFile.load(file);
    Source late = pipeline.source("arrivals");
    Source scored =
        new Source(
            late.name(),
            late.topic(),
            late.schema(),
            late.id(),
            late.key(),
            late.time(),
            late.lateness(),
            LatePolicy.SCORE,
            late.deduplicate(),
            late.maxAhead(),
            late.contract());
    assertThat(RecordTopics.events(pipeline, scored, RecordCheck.NONE).names())
        .containsExactly("millrace.flights.arrivals");
  }
}
