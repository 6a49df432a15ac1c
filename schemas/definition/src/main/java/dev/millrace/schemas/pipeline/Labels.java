package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The source of the labels of scored events.
 *
 * @param from name of the source of labels
 * @param id field of that source that holds the id of the scored event
 * @param value the label, boolean or a number, over the fields of that source
 * @param otherwise label of an event that has none at maturity, a constant; null: no outcome then
 * @param maturity event time for which a prediction waits for its label
 * @param slices fields of the scored source that outcomes are grouped by
 */
public record Labels(
    String from,
    String id,
    Expression value,
    @Nullable Expression otherwise,
    Duration maturity,
    List<String> slices)
    implements Serializable {
  public Labels {
    slices = List.copyOf(slices);
  }
}
