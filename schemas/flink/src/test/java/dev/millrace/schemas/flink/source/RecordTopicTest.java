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

class RecordTopicTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path dir;

  private Path file = Path.of("");

  @BeforeEach
  void write() {
    file = ExamplePipeline.FLIGHTS.writeTo(dir);
  }

  @Test
  void readsCleanAndLateEventsUnderTheSubjectOfTheCleanTopic() {
    Pipeline pipeline = PipelineFile.load(file);
    Source arrivals = pipeline.source("arrivals");
    RecordTopic clean = RecordTopic.clean(pipeline, arrivals, RecordCheck.NONE);
    RecordTopic late = RecordTopic.late(pipeline, arrivals, RecordCheck.NONE).orElseThrow();

    assertThat(clean.name()).isEqualTo("millrace.flights.arrivals");
    assertThat(clean.lateSource()).isNull();
    assertThat(late.name()).isEqualTo("millrace.flights.late");
    assertThat(late.lateSource()).isEqualTo("arrivals");
    assertThat(late.encodedFor()).isEqualTo(clean.encodedFor()).isEqualTo(clean.name());
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
    assertThat(RecordTopic.late(pipeline, scored, RecordCheck.NONE)).isEmpty();
  }
}
