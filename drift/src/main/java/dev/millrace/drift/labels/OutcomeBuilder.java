package dev.millrace.drift.labels;

import java.io.Serializable;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Builds the outcome of a prediction and its label: fields of the same name are copied. */
public final class OutcomeBuilder implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Schema schema;

  /**
   * @param schema the outcome schema of the pipeline
   */
  public OutcomeBuilder(Schema schema) {
    this.schema = schema;
  }

  /** The outcome of a prediction with its label. */
  GenericRecord observed(GenericRecord prediction, Label label) {
    return outcome(prediction, label.value(), label.timeMillis(), "OBSERVED");
  }

  /** The outcome of a prediction with an assumed label. */
  GenericRecord assumed(GenericRecord prediction, double label) {
    return outcome(prediction, label, null, "ASSUMED");
  }

  private GenericRecord outcome(
      GenericRecord prediction, double label, @Nullable Long labelTimeMillis, String status) {
    GenericRecord outcome = new GenericData.Record(schema);
    for (Field field : schema.getFields()) {
      if (prediction.hasField(field.name())) {
        outcome.put(field.pos(), prediction.get(field.name()));
      }
    }
    outcome.put("label", label);
    outcome.put("label_time", labelTimeMillis);
    Schema statusSchema = Objects.requireNonNull(schema.getField("label_status")).schema();
    outcome.put("label_status", new GenericData.EnumSymbol(statusSchema, status));
    return outcome;
  }
}
