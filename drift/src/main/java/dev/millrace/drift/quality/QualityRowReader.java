package dev.millrace.drift.quality;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads rows out of predictions and outcomes. */
public final class QualityRowReader implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Longer values of a slice field are cut, so that state stays small. */
  private static final int LONGEST_VALUE = 200;

  /** The row of a record, with that of its shadow; null if it has no score. */
  public @Nullable QualityRow of(GenericRecord record) {
    Double score = (Double) record.get("score");
    if (score == null) {
      return null;
    }
    boolean isOutcome = record.hasField("label");
    QualityRow row =
        new QualityRow(
            String.valueOf(record.get("model_version")),
            String.valueOf(record.get("role")),
            (Long) record.get("event_time"),
            score,
            (Boolean) record.get("positive"),
            isOutcome ? (Double) record.get("label") : null,
            isOutcome && "ASSUMED".contentEquals(String.valueOf(record.get("label_status"))),
            slices((GenericRecord) Objects.requireNonNull(record.get("slices"))));
    return record.get("shadow") instanceof GenericRecord shadow
            && shadow.get("score") instanceof Double shadowScore
        ? row.with(
            String.valueOf(shadow.get("model_version")),
            shadowScore,
            (Boolean) shadow.get("positive"))
        : row;
  }

  private static List<String> slices(GenericRecord values) {
    List<String> slices = new ArrayList<>();
    for (Field field : values.getSchema().getFields()) {
      Object value = values.get(field.pos());
      String text = value == null ? "" : value.toString();
      slices.add(
          SliceName.of(field.name(), text.substring(0, Math.min(LONGEST_VALUE, text.length()))));
    }
    return slices;
  }
}
