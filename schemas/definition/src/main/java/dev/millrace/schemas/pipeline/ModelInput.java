package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.io.Serializable;

/**
 * One input of a model.
 *
 * @param name {@code distance}, {@code origin_delay_minutes_avg_3h} for the feature {@code
 *     origin.delay_minutes_avg_3h}, or the key of an expression; an Avro name
 * @param expression over the fields of the scored source and the features of the views ({@code
 *     view.feature})
 * @param kind the source of the value
 * @param type type of the value
 */
public record ModelInput(String name, Expression expression, Kind kind, InputType type)
    implements Serializable {
  /** The source of an input's value. */
  public enum Kind {
    /** A field of the scored event. */
    SOURCE_FIELD,
    /** A feature of a view, unchanged. */
    VIEW_FEATURE,
    /** Computed by an expression when the event is scored. */
    ON_DEMAND
  }
}
