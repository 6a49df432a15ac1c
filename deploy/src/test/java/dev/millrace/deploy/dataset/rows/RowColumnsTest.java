package dev.millrace.deploy.dataset.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class RowColumnsTest {
  @Test
  void nestedRecordsAreFlattenedAndLabelsFollow() {
    assertThat(Samples.COLUMNS.columns())
        .containsExactly(
            new Column("event_id", ColumnType.STRING, false),
            new Column("event_time", ColumnType.TIMESTAMP, false),
            new Column("source.partition", ColumnType.LONG, false),
            new Column("source.offset", ColumnType.LONG, false),
            new Column("positive", ColumnType.BOOLEAN, true),
            new Column("inputs.amount", ColumnType.DOUBLE, true),
            new Column("inputs.amount.status", ColumnType.STRING, false),
            new Column("inputs.amount.age_millis", ColumnType.LONG, true),
            new Column("wait", ColumnType.STRING, false),
            new Column("complete", ColumnType.BOOLEAN, false),
            new Column("label", ColumnType.DOUBLE, true),
            new Column("label_time", ColumnType.TIMESTAMP, true),
            new Column("label_status", ColumnType.STRING, true));
  }

  @Test
  void valuesAreReadBackWithTheTypesOfTheColumns() {
    byte[] prediction = Samples.COLUMNS.prediction(Samples.prediction("ä", 5, -0.0, true));
    byte[] none = Samples.COLUMNS.label(null);
    byte[] row = new byte[prediction.length + none.length];
    System.arraycopy(prediction, 0, row, 0, prediction.length);
    System.arraycopy(none, 0, row, prediction.length, none.length);

    assertThat(RowValues.read(row, Samples.COLUMNS.columns()))
        .containsExactly(
            "ä", 5L, 3L, 17L, null, -0.0, "PRESENT", null, "ARRIVED", true, null, null, null);
  }

  @Test
  void aPipelineHasTheColumnsOfItsExportAndUniqueNames() {
    Pipeline payments = PipelineFile.load(Path.of("examples/payments/pipeline.yaml"));

    RowColumns columns =
        RowColumns.of(
            PipelineSchemas.prediction(payments),
            RowColumns.labelSchema(PipelineSchemas.outcome(payments)));

    assertThat(columns.columns())
        .contains(
            new Column("event_id", ColumnType.STRING, false),
            new Column("event_time", ColumnType.TIMESTAMP, false),
            new Column("score", ColumnType.DOUBLE, true),
            new Column("inputs.amount.status", ColumnType.STRING, false))
        .extracting(Column::name)
        .doesNotHaveDuplicates();
  }

  @Test
  void aFieldThatIsNeitherAScalarNorARecordIsRejected() {
    Schema prediction =
        SchemaBuilder.record("Prediction")
            .fields()
            .name("tags")
            .type(SchemaBuilder.array().items().stringType())
            .noDefault()
            .endRecord();

    assertThatThrownBy(() -> RowColumns.of(prediction, RowColumns.labelSchema(Samples.OUTCOME)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field tags has type");
  }
}
