package dev.millrace.features.skew;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of one answer with the later one, or the progress of a subtask: all its samples of
 * earlier event times were sent before.
 *
 * @param subtask of the lookup, of {@code subtasks}
 * @param differences by feature: 0 if the values are equal, {@link #NO_NUMBER} if they differ and
 *     are not both numbers, otherwise the absolute difference; null for progress
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record SkewSample(
    int lookup, int subtask, int subtasks, long timeMillis, double @Nullable [] differences) {
  /** The values differ, and one of them is not a number. */
  public static final double NO_NUMBER = Double.POSITIVE_INFINITY;

  /** The differences between two answers. */
  public static double[] differences(@Nullable Object[] served, @Nullable Object[] later) {
    double[] differences = new double[later.length];
    for (int i = 0; i < later.length; i++) {
      differences[i] = difference(served[i], later[i]);
    }
    return differences;
  }

  private static double difference(@Nullable Object served, @Nullable Object later) {
    if (Objects.equals(served, later)) {
      return 0;
    }
    if (served instanceof Number one && later instanceof Number other) {
      double difference = Math.abs(one.doubleValue() - other.doubleValue());
      return difference > 0 ? difference : Double.MIN_VALUE;
    }
    return NO_NUMBER;
  }
}
