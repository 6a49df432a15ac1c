package dev.millrace.deploy.dataset.rows;

import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;

/** Predictions and outcomes with one input. */
final class Samples {
  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));

  private static final Schema AMOUNT =
      SchemaBuilder.record("NumberInput")
          .fields()
          .optionalDouble("value")
          .name("status")
          .type(SchemaBuilder.enumeration("FeatureStatus").symbols("PRESENT", "NOT_FOUND"))
          .noDefault()
          .optionalLong("age_millis")
          .endRecord();

  private static final Schema INPUTS =
      SchemaBuilder.record("Inputs").fields().name("amount").type(AMOUNT).noDefault().endRecord();

  private static final Schema SOURCE =
      SchemaBuilder.record("EventRef")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .requiredInt("partition")
          .requiredLong("offset")
          .endRecord();

  private static final Schema VECTOR =
      SchemaBuilder.record("VectorUse")
          .fields()
          .requiredString("wait")
          .requiredBoolean("complete")
          .endRecord();

  static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .name("source")
          .type(SOURCE)
          .noDefault()
          .optionalBoolean("positive")
          .name("inputs")
          .type(INPUTS)
          .noDefault()
          .name("vector")
          .type(VECTOR)
          .noDefault()
          .endRecord();

  static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .optionalDouble("score")
          .requiredDouble("label")
          .name("label_time")
          .type(Schema.createUnion(Schema.create(Schema.Type.NULL), TIME))
          .withDefault(null)
          .requiredString("label_status")
          .endRecord();

  static final RowColumns COLUMNS = RowColumns.of(PREDICTION, RowColumns.labelSchema(OUTCOME));

  private Samples() {}

  static GenericRecord prediction(
      String id, long timeMillis, @Nullable Double amount, boolean complete) {
    GenericRecord input = new GenericData.Record(AMOUNT);
    input.put("value", amount);
    input.put(
        "status",
        new GenericData.EnumSymbol(
            AMOUNT.getField("status").schema(), amount == null ? "NOT_FOUND" : "PRESENT"));
    GenericRecord inputs = new GenericRecordBuilder(INPUTS).set("amount", input).build();
    GenericRecord source =
        new GenericRecordBuilder(SOURCE)
            .set("event_id", id)
            .set("event_time", timeMillis)
            .set("partition", 3)
            .set("offset", 17L)
            .build();
    GenericRecord vector =
        new GenericRecordBuilder(VECTOR).set("wait", "ARRIVED").set("complete", complete).build();
    return new GenericRecordBuilder(PREDICTION)
        .set("event_id", id)
        .set("event_time", timeMillis)
        .set("source", source)
        .set("positive", null)
        .set("inputs", inputs)
        .set("vector", vector)
        .build();
  }

  static GenericRecord label(String id, long timeMillis, double label) {
    return new GenericRecordBuilder(RowColumns.labelSchema(OUTCOME))
        .set("event_id", id)
        .set("event_time", timeMillis)
        .set("label", label)
        .set("label_time", timeMillis + 1)
        .set("label_status", "OBSERVED")
        .build();
  }

  /** The values of a row by the names of the columns. */
  static @Nullable Object value(byte[] row, String column) {
    List<String> names = COLUMNS.columns().stream().map(Column::name).toList();
    return RowValues.read(row, COLUMNS.columns())[names.indexOf(column)];
  }
}
