package dev.millrace.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * The time since an event in a row of the online store is as of the row, and the model gets it as
 * of the event that it scores: a row has no successor while nothing but the time changes.
 */
class StoredTimesTest {
  /** The row is as of this time; the newest event was 90 s before, the one before it 130 s. */
  private static final long ROW = Duration.ofDays(400).toMillis();

  private final Pipeline pipeline;

  StoredTimesTest(@TempDir Path directory) throws Exception {
    Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
    String yaml = Files.readString(file);
    String late =
        "      - {operations: [count], windows: [3h], where: delay_minutes > 15, as: late}";
    String distance = "    - distance\n";
    assertThat(yaml).contains(late, distance);
    Files.writeString(
        file,
        yaml.replace(
                late, late + "\n      - {operations: [since_last, since_previous], windows: [1h]}")
            .replace(
                distance,
                "    - origin.since_last_1h\n    - origin.since_previous_1h\n    - origin.late_3h\n"));
    pipeline = PipelineFile.load(file);
  }

  @Test
  void theyGrowUntilTheEvent() {
    assertThat(inputs(ROW)).containsExactly(90.0, 130.0, 4.0);
    assertThat(inputs(ROW + 1)).containsExactly(90.001, 130.001, 4.0);
    assertThat(inputs(ROW + 60_000)).containsExactly(150.0, 190.0, 4.0);
  }

  /** A window of 1 h begins at the minute: an event counts as long as it is in the window. */
  @Test
  void theyEndWithTheWindow() {
    long hour = Duration.ofHours(1).toMillis();
    assertThat(inputs(ROW - 121_000 + hour)).containsExactly(3_569.0, 3_609.0, 4.0);
    assertThat(inputs(ROW - 120_000 + hour)).containsExactly(3_570.0, null, 4.0);
    assertThat(inputs(ROW - 60_000 + hour)).containsExactly(null, null, 4.0);
  }

  private @Nullable Object[] inputs(long timeMillis) {
    Schema row =
        PipelineSchemas.entityRow(
            pipeline, Objects.requireNonNull(pipeline.features().get("origin")));
    GenericRecord features = new GenericData.Record(row.getField("features").schema());
    features.put("since_last_1h", 90.0);
    features.put("since_previous_1h", 130.0);
    features.put("late_3h", 4L);
    GenericRecord event = new GenericData.Record(pipeline.scored().schema());
    event.put("departed_at", timeMillis);
    @Nullable EntityFeatures[] found = {new EntityFeatures(ROW, ROW - 90_000, features)};
    Value[] values = new InputValues(pipeline).read(event, timeMillis, found);
    return new @Nullable Object[] {values[0].value(), values[1].value(), values[2].value()};
  }
}
