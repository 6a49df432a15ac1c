package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate over one window.
 *
 * <p>The name is {@code <input>_<operation>_<window>} ({@code delay_minutes_avg_3h}), without an
 * input {@code count_<window>}; with {@code as} and one operation {@code <as>_<window>}, with
 * several {@code <as>_<operation>_<window>}. The window is written as in the file.
 *
 * @param name unique in its view, an Avro name
 * @param input field of the view's source; null for a plain count
 * @param where condition on the events that count; null: all count
 * @param window time before the scored event over which the feature is computed
 * @param type Avro type in the feature row: long for a count, double for the other numbers, the
 *     input's own for {@link Operation#LAST} (integers as long)
 */
public record Feature(
    String name,
    Operation operation,
    @Nullable String input,
    @Nullable Expression where,
    Duration window,
    FeatureType type)
    implements Serializable {}
