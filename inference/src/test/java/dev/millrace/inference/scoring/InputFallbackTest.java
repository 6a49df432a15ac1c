package dev.millrace.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.inputs.InputValues;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An expression that has another value for a view without features; the view's ttl is 2 days. */
class InputFallbackTest {
  private static final long NOW = Duration.ofDays(400).toMillis();

  @Test
  void aValueInPlaceOfAMissingFeatureIsAFallback(@TempDir Path directory) throws Exception {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    String plain = "late_share: origin.late_3h / origin.delay_minutes_count_3h";
    assertThat(Files.readString(file)).contains(plain);
    Files.writeString(
        file,
        Files.readString(file)
            .replace(plain, "late_share: 'origin.late_3h == null ? -1.0 : origin.late_3h'"));
    Pipeline pipeline = PipelineFile.load(file);

    assertThat(lateShare(pipeline, features(pipeline, Duration.ZERO)))
        .isEqualTo(new Value(4.0, FeatureStatus.PRESENT, 0L, false));
    assertThat(lateShare(pipeline, null))
        .isEqualTo(new Value(-1.0, FeatureStatus.PRESENT, null, true));
    Duration old = Duration.ofDays(3);
    assertThat(lateShare(pipeline, features(pipeline, old)))
        .isEqualTo(new Value(-1.0, FeatureStatus.PRESENT, old.toMillis(), true));
  }

  private static Value lateShare(Pipeline pipeline, @Nullable EntityFeatures origin) {
    GenericRecord event = new GenericData.Record(pipeline.scored().schema());
    event.put("distance", 300);
    event.put("departed_at", NOW);
    @Nullable EntityFeatures[] features = {origin};
    return new InputValues(pipeline).read(event, NOW, features)[3];
  }

  private static EntityFeatures features(Pipeline pipeline, Duration age) {
    Schema row =
        PipelineSchemas.entityRow(
            pipeline, Objects.requireNonNull(pipeline.features().get("origin")));
    GenericRecord features = new GenericData.Record(row.getField("features").schema());
    features.put("late_3h", 4L);
    return new EntityFeatures(NOW, NOW - age.toMillis(), features);
  }
}
