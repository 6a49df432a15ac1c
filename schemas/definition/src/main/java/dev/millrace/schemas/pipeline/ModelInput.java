package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.io.Serializable;

/**
 * One input of a model.
 *
 * @param name {@code distance}, {@code origin_delay_minutes_avg_3h} for the feature {@code
 *     origin.delay_minutes_avg_3h}, or the key under which an expression stands; an Avro name
 * @param expression over the fields of the scored source and the features of the views ({@code
 *     view.feature})
 * @param kind where the value comes from
 * @param type type of the value
 */
public record ModelInput(String name, Expression expression, Kind kind, InputType type)
    implements Serializable {
  /** Where an input's value comes from. */
  public enum Kind {
    /** A field of the scored event. */
    SOURCE_FIELD,
    /** A feature of a view, as it stands. */
    VIEW_FEATURE,
    /** Computed by an expression when the event is scored. */
    ON_DEMAND
  }
}
