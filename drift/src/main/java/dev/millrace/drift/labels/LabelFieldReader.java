package dev.millrace.drift.labels;

import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Labels;
import java.io.Serializable;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads the label of an event of the source of labels. */
public final class LabelFieldReader implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Labels labels;
  private final String timeField;

  /**
   * @param timeField of the source of labels
   */
  public LabelFieldReader(Labels labels, String timeField) {
    this.labels = labels;
    this.timeField = timeField;
  }

  /** The label of an event; null if it has no id, no time or no finite label. */
  public @Nullable Label of(GenericRecord event) {
    Object id = Fields.value(event, labels.id());
    Object time = Fields.value(event, timeField);
    Double value = number(labels.value().evaluate(name -> Fields.value(event, name)));
    return id == null || value == null || !(time instanceof Instant instant)
        ? null
        : new Label(id.toString(), value, instant.toEpochMilli());
  }

  /**
   * A label as a number: a boolean is 1 or 0.
   *
   * @return null if there is no label, or a number that is not finite
   */
  public static @Nullable Double number(@Nullable Object label) {
    if (label instanceof Boolean truth) {
      return truth ? 1.0 : 0.0;
    }
    return label instanceof Number number && Double.isFinite(number.doubleValue())
        ? (Double) number.doubleValue()
        : null;
  }
}
