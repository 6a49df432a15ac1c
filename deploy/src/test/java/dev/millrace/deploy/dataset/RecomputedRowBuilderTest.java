package dev.millrace.deploy.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.ColumnType;
import dev.millrace.deploy.dataset.rows.Counts;
import dev.millrace.deploy.dataset.rows.RowColumns;
import dev.millrace.deploy.dataset.rows.RowJoin;
import dev.millrace.deploy.dataset.rows.RowValues;
import dev.millrace.deploy.dataset.rows.Selection;
import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecomputedRowBuilderTest {
  private static final long TIME_MILLIS = 979_603_200_000L;
  private static final Pipeline FLIGHTS =
      PipelineFile.load(Path.of("examples/flights/pipeline.yaml"));

  private final RecomputedRowBuilder rows = new RecomputedRowBuilder(FLIGHTS);

  @Test
  void aRowHasTheInputsOfItsEventAndVector() {
    GenericRecord row = row(vector(12.5, TIME_MILLIS - 60_000), true);

    assertThat(row.get("event_id")).isEqualTo("1");
    assertThat(row.get("key")).isEqualTo("DEN");
    assertThat(row.get("event_time")).isEqualTo(TIME_MILLIS);
    assertThat(((GenericRecord) row.get("source")).get("offset")).isEqualTo(17L);
    assertThat(((GenericRecord) row.get("vector")).get("complete")).isEqualTo(true);
    assertThat(input(row, "distance").get("value")).isEqualTo(300L);
    GenericRecord average = input(row, "origin_delay_minutes_avg_3h");
    assertThat(average.get("value")).isEqualTo(12.5);
    assertThat(average.get("status")).hasToString("PRESENT");
    assertThat(average.get("age_millis")).isEqualTo(60_000L);
  }

  @Test
  void anEntityWithoutEventsIsNotFound() {
    GenericRecord row = row(null, false);

    assertThat(((GenericRecord) row.get("vector")).get("complete")).isEqualTo(false);
    assertThat(input(row, "origin_delay_minutes_avg_3h").get("status")).hasToString("NOT_FOUND");
  }

  @Test
  void theColumnsAreThoseOfServedRowsWithoutModelAndScore() {
    Schema label = RowColumns.labelSchema(PipelineSchemas.outcome(FLIGHTS));

    assertThat(RowColumns.of(PipelineSchemas.prediction(FLIGHTS), label).columns())
        .containsAll(RowColumns.of(rows.schema(), label).columns());
    assertThat(RowColumns.of(rows.schema(), label).columns())
        .extracting(Column::name)
        .contains("complete", "label", "inputs.distance.status")
        .doesNotContain("score", "model_version", "scored_at", "wait");
  }

  /** As for served rows: RowJoinTest. */
  @Test
  void aRowThatIsNotCompleteIsMarkedOrLeftOut(@TempDir Path directory) throws IOException {
    assertThat(complete(directory, false)).containsExactly(false);
    assertThat(complete(directory, true)).isEmpty();
  }

  /** The column of the rows of a data set with one row, which is not complete. */
  private List<@Nullable Object> complete(Path directory, boolean completeOnly) throws IOException {
    Schema label = RowColumns.labelSchema(PipelineSchemas.outcome(FLIGHTS));
    RowColumns columns = RowColumns.of(rows.schema(), label);
    int position = columns.columns().indexOf(new Column("complete", ColumnType.BOOLEAN, false));
    Instant from = Instant.ofEpochMilli(TIME_MILLIS);
    Selection selection = new Selection(from, from.plusMillis(1), true, completeOnly, true);
    List<@Nullable Object> values = new ArrayList<>();
    try (RowJoin join = new RowJoin(directory, columns, selection, 1)) {
      join.prediction(row(vector(12.5, TIME_MILLIS - 60_000), false));
      Counts counts =
          join.finish(row -> values.add(RowValues.read(row, columns.columns())[position]), 0);
      assertThat(counts.incomplete()).isEqualTo(1);
    }
    return values;
  }

  private GenericRecord row(@Nullable EntityFeatures origin, boolean complete) {
    GenericRecord departure = new GenericData.Record(FLIGHTS.scored().schema());
    for (Schema.Field field : departure.getSchema().getFields()) {
      departure.put(field.pos(), value(field));
    }
    return rows.build(
        new ConsumerRecord<>(
            "departures", 2, 17, "DEN".getBytes(StandardCharsets.UTF_8), new byte[0]),
        departure,
        new @Nullable EntityFeatures[] {origin},
        complete);
  }

  private static @Nullable Object value(Schema.Field field) {
    return switch (field.name()) {
      case "flight_id" -> 1L;
      case "origin" -> "DEN";
      case "departed_at" -> TIME_MILLIS;
      case "distance" -> field.schema().getType() == Schema.Type.INT ? (Object) 300 : 300L;
      default -> field.schema().getType() == Schema.Type.STRING ? "ORD" : null;
    };
  }

  private static EntityFeatures vector(double average, long newestMillis) {
    Schema lookups =
        Objects.requireNonNull(PipelineSchemas.vector(FLIGHTS).getField("lookups")).schema();
    List<Schema> types = lookups.getFields().get(0).schema().getTypes();
    GenericRecord features = new GenericData.Record(types.get(1).getField("features").schema());
    features.put("delay_minutes_avg_3h", average);
    return new EntityFeatures(Long.MAX_VALUE, newestMillis, features);
  }

  private static GenericRecord input(GenericRecord row, String name) {
    return (GenericRecord) ((GenericRecord) row.get("inputs")).get(name);
  }
}
