package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate over one window.
 *
 * <p>The name is {@code <input>_<operation>_<window>} ({@code delay_minutes_avg_3h}), without an
 * input {@code count_<window>}; with {@code as} and one operation {@code <as>_<window>}, with
 * several {@code <as>_<operation>_<window>}. A histogram has a feature for each category, whose
 * name follows the operation. The window is written as in the file; {@code fixed_1d} is a fixed
 * one.
 *
 * @param name unique in its view, an Avro name
 * @param argument of the operation: 95 for {@code p95}, 3 for {@code lag_3}, the category of a
 *     histogram; null if it takes none
 * @param input the values that are aggregated: a field of the view's source, or an expression over
 *     its fields; null: the events themselves
 * @param where condition on the events that count; null: all count
 * @param window the events that count, as of the scored event
 * @param type Avro type in the feature row: that of the operation's result, integers as long
 */
public record Feature(
    String name,
    Operation operation,
    @Nullable String argument,
    @Nullable Expression input,
    @Nullable Expression where,
    Window window,
    FeatureType type)
    implements Serializable {

  /** The operation as in the file, such as {@code p95}; a histogram with its category. */
  public String operationText() {
    if (argument == null) {
      return operation.word();
    }
    return operation.needsCategory()
        ? operation.word() + " of " + argument
        : operation.word() + argument;
  }

  /**
   * A value at a later time, if no event comes meanwhile.
   *
   * @param asOfMillis the time of the value
   */
  public @Nullable Object later(Object value, long asOfMillis, long timeMillis) {
    return operation.later(value, asOfMillis, timeMillis, window);
  }

  /** The window in words: {@code 3h}, {@code fixed 1d} or {@code forever}. */
  public String windowText() {
    String length = Durations.format(Duration.ofMillis(window.lengthMillis()));
    return switch (window.kind()) {
      case SLIDING -> length;
      case FIXED -> "fixed " + length;
      case UNBOUNDED -> "forever";
    };
  }
}
