package dev.millrace.drift.window;

import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.DeliveryCounts.Status;
import dev.millrace.drift.profile.DeliveryCounts.Wait;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.SinglePrecision;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the compared values, the model version and the position of the event out of predictions.
 */
public final class PredictionExtractor implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int NOT_AN_INPUT = -1;

  private final int score;
  private final int inputs;
  private final int[] positions;

  /**
   * @param prediction schema of predictions
   * @param features names of inputs, or {@link Reference#SCORE}
   */
  public PredictionExtractor(Schema prediction, List<String> features) {
    score = position(prediction, "score");
    inputs = position(prediction, "inputs");
    Schema inputsSchema = prediction.getFields().get(inputs).schema();
    positions =
        features.stream()
            .mapToInt(
                name -> name.equals(Reference.SCORE) ? NOT_AN_INPUT : position(inputsSchema, name))
            .toArray();
  }

  /** One value for each feature, as given to the model; numbers in {@link SinglePrecision}. */
  public @Nullable Object[] of(GenericRecord prediction) {
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

  /** Counts where the inputs of a prediction came from, their ages, and how it waited for them. */
  public void deliver(GenericRecord prediction, DeliveryCounts counts) {
    GenericRecord given = (GenericRecord) prediction.get(inputs);
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] != NOT_AN_INPUT) {
        GenericRecord input = (GenericRecord) given.get(positions[i]);
        counts.add(i, Status.valueOf(input.get("status").toString()));
        if (input.get("age_millis") instanceof Long ageMillis) {
          counts.addAge(i, ageMillis);
        }
      }
    }
    GenericRecord vector = (GenericRecord) prediction.get("vector");
    counts.add(Wait.valueOf(vector.get("wait").toString()));
  }

  /** Event time of the predicted event. */
  public static long eventTimeMillis(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }

  /** The model version that made the prediction; {@code "null"} if there was no model. */
  public static String modelVersion(GenericRecord prediction) {
    return String.valueOf(prediction.get("model_version"));
  }

  /** Whether the champion made the prediction. */
  public static boolean isChampion(GenericRecord prediction) {
    return "CHAMPION".contentEquals(String.valueOf(prediction.get("role")));
  }

  /** Partition of the predicted event in the clean topic. */
  public static int partition(GenericRecord prediction) {
    return (Integer) ((GenericRecord) prediction.get("source")).get("partition");
  }

  /** Offset of the predicted event in its partition. */
  public static long offset(GenericRecord prediction) {
    return (Long) ((GenericRecord) prediction.get("source")).get("offset");
  }

  private static int position(Schema schema, String field) {
    return Objects.requireNonNull(
            schema.getField(field),
            () -> "record %s has no field %s".formatted(schema.getName(), field))
        .pos();
  }
}
