package dev.millrace.features.view;

import dev.millrace.features.aggregate.Plan;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.EventLimits;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * How a view is computed: the {@link Plan} of its aggregates, and the values of an event for it.
 * Features that share input and filter share a slot.
 */
public final class ViewPlan {
  private record Slot(int input, int filter) {}

  private static final int ALL_EVENTS = -1;
  private static final int THE_EVENT = -1;

  private final Plan plan;
  private final long keepMillis;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Expression> filters = new ArrayList<>();
  private final List<Expression> inputs = new ArrayList<>();

  /**
   * @param exact whether the features of busy entities are exact, too; see {@link Plan}
   */
  public ViewPlan(FeatureView view, boolean exact) {
    List<Plan.Output> outputs = new ArrayList<>();
    for (Feature feature : view.features()) {
      outputs.add(
          new Plan.Output(
              feature.operation(), feature.argument(), slot(feature), feature.window()));
    }
    plan = new Plan(outputs, exact);
    long withoutTtl = plan.isUnbounded() ? Long.MAX_VALUE : plan.retentionMillis();
    keepMillis =
        view.ttl() == null ? withoutTtl : Math.max(plan.retentionMillis(), view.ttl().toMillis());
  }

  private int slot(Feature feature) {
    Expression where = feature.where();
    int filter = where == null ? ALL_EVENTS : indexOf(filters, where);
    Expression values = feature.input();
    int input = values == null ? THE_EVENT : indexOf(inputs, values);
    return indexOf(slots, new Slot(input, filter));
  }

  private static <T> int indexOf(List<T> known, T wanted) {
    if (!known.contains(wanted)) {
      known.add(wanted);
    }
    return known.indexOf(wanted);
  }

  public Plan plan() {
    return plan;
  }

  /**
   * The time for which an entity is kept after its newest event: until no window contains the
   * event, and the view's ttl has passed. Windows without a bound end with the ttl; without a ttl
   * they are kept for ever, Long.MAX_VALUE.
   */
  public long keepMillis() {
    return keepMillis;
  }

  /**
   * An event's values by slot; null where the input is null, or a text longer than {@link
   * EventLimits#MAX_TEXT_CHARS}, or the filter is not true.
   *
   * @param event a record of the view's source
   */
  public @Nullable Object[] values(GenericRecord event) {
    boolean[] passes = new boolean[filters.size()];
    for (int i = 0; i < passes.length; i++) {
      passes[i] = filters.get(i).isTrue(name -> Fields.value(event, name));
    }
    @Nullable Object[] values = new @Nullable Object[slots.size()];
    for (int i = 0; i < values.length; i++) {
      Slot slot = slots.get(i);
      if (slot.filter() == ALL_EVENTS || passes[slot.filter()]) {
        values[i] = value(slot.input(), event);
      }
    }
    return values;
  }

  private @Nullable Object value(int input, GenericRecord event) {
    if (input == THE_EVENT) {
      return true;
    }
    Object value = inputs.get(input).evaluate(name -> Fields.value(event, name));
    if (value instanceof Instant) {
      return true; // timestamps can only be counted
    }
    return value instanceof CharSequence text && text.length() > EventLimits.MAX_TEXT_CHARS
        ? null
        : value;
  }
}
