package dev.millrace.drift.window;

import dev.millrace.drift.profile.SinglePrecision;
import dev.millrace.drift.training.TrainingProfile;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads out of predictions the values that drift is looked for in. */
final class PredictionValues implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int NOT_AN_INPUT = -1;

  private final int score;
  private final int inputs;
  private final int[] positions;

  /**
   * @param prediction schema of predictions
   * @param features names of inputs, or {@link TrainingProfile#SCORE}
   */
  PredictionValues(Schema prediction, List<String> features) {
    score = position(prediction, "score");
    inputs = position(prediction, "inputs");
    Schema inputsSchema = prediction.getFields().get(inputs).schema();
    positions =
        features.stream()
            .mapToInt(
                name ->
                    name.equals(TrainingProfile.SCORE)
                        ? NOT_AN_INPUT
                        : position(inputsSchema, name))
            .toArray();
  }

  /** One value a feature, as the model saw it; numbers in {@link SinglePrecision}. */
  @Nullable Object[] of(GenericRecord prediction) {
    GenericRecord given = (GenericRecord) prediction.get(inputs);
    @Nullable Object[] values = new Object[positions.length];
    for (int i = 0; i < positions.length; i++) {
      Object value =
          positions[i] == NOT_AN_INPUT
              ? prediction.get(score)
              : ((GenericRecord) given.get(positions[i])).get("value");
      values[i] =
          value instanceof Number number
              ? (Object) SinglePrecision.of(number.doubleValue())
              : value;
    }
    return values;
  }

  /** Event time of the predicted event, in epoch milliseconds. */
  static long eventTime(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }

  private static int position(Schema schema, String field) {
    return Objects.requireNonNull(
            schema.getField(field), () -> schema.getName() + " lacks " + field)
        .pos();
  }
}
