package dev.millrace.inference;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Finds the value of every model input for an event and the rows that were found for it. */
final class InputValues {

  /**
   * An input of an event.
   *
   * @param value Double, Long, String or Boolean; null unless the status is PRESENT
   * @param ageMillis how much older than the event its row is, for an expression over several rows
   *     the oldest of them; null where no row has a part in it
   */
  record Value(@Nullable Object value, FeatureStatus status, @Nullable Long ageMillis) {}

  /**
   * Where a variable of an expression comes from.
   *
   * @param view index of the view, -1 for a field of the event
   * @param position in the view's features, or in the event
   */
  private record Variable(int view, int position) {}

  /**
   * @param direct the variable that is the input as it stands
   * @param views the views that an expression names
   */
  private record Plan(
      Expression expression, @Nullable Variable direct, List<Integer> views, InputType type) {}

  private final Map<String, Variable> variables = new HashMap<>();
  private final List<Plan> plans = new ArrayList<>();
  private final @Nullable Long[] ttlMillis;
  private final List<Schema.Field> fields;

  InputValues(Pipeline pipeline, List<ViewPlan> views) {
    fields = pipeline.scored().schema().getFields();
    fields.forEach(field -> variables.put(field.name(), new Variable(-1, field.pos())));
    ttlMillis = new @Nullable Long[views.size()];
    for (int v = 0; v < views.size(); v++) {
      var view = views.get(v).view();
      Duration ttl = view.ttl();
      ttlMillis[v] = ttl == null ? null : ttl.toMillis();
      for (int f = 0; f < view.features().size(); f++) {
        variables.put(view.name() + "." + view.features().get(f).name(), new Variable(v, f));
      }
    }
    pipeline.inputs().forEach(input -> plans.add(plan(input)));
  }

  private Plan plan(ModelInput input) {
    Expression expression = input.expression();
    Variable direct =
        input.kind() == ModelInput.Kind.ON_DEMAND ? null : variables.get(expression.source());
    List<Integer> views =
        expression.references().stream()
            .map(variables::get)
            .filter(variable -> variable != null && variable.view >= 0)
            .map(Variable::view)
            .distinct()
            .toList();
    return new Plan(expression, direct, views, input.type());
  }

  /**
   * The inputs in the pipeline's order.
   *
   * @param rows by the index of their view; null: there is none
   */
  Value[] read(Event event, @Nullable Row[] rows) {
    Value[] values = new Value[plans.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(plans.get(i), event, rows);
    }
    return values;
  }

  private Value read(Plan plan, Event event, @Nullable Row[] rows) {
    Object result =
        plan.direct != null
            ? value(plan.direct, event, rows)
            : plan.expression.evaluate((String name) -> value(name, event, rows));
    Object value =
        plan.type == InputType.NUMBER && result instanceof Number number
            ? (Object) number.doubleValue()
            : result;
    FeatureStatus status = value == null ? FeatureStatus.NULL_VALUE : FeatureStatus.PRESENT;
    Long age = null;
    for (int view : plan.views) {
      Row row = rows[view];
      if (row == null) {
        status = value == null ? FeatureStatus.NOT_FOUND : status;
        continue;
      }
      long rowAge = event.time - row.time();
      age = age == null ? rowAge : Math.max(age, rowAge);
      if (value == null && status != FeatureStatus.NOT_FOUND && isTooOld(view, rowAge)) {
        status = FeatureStatus.OUTSIDE_MAX_AGE;
      }
    }
    return new Value(value, status, age);
  }

  private @Nullable Object value(String name, Event event, @Nullable Row[] rows) {
    Variable variable = variables.get(name);
    return variable == null ? null : value(variable, event, rows);
  }

  private @Nullable Object value(Variable variable, Event event, @Nullable Row[] rows) {
    if (variable.view < 0) {
      Object raw = event.fields.get(variable.position);
      return Fields.value(fields.get(variable.position).schema(), raw);
    }
    Row row = rows[variable.view];
    if (row == null || isTooOld(variable.view, event.time - row.time())) {
      return null;
    }
    Object raw = row.features().get(variable.position);
    return raw instanceof Long number ? Double.valueOf(number.doubleValue()) : raw;
  }

  private boolean isTooOld(int view, long ageMillis) {
    Long ttl = ttlMillis[view];
    return ttl != null && ageMillis > ttl;
  }

  /** A field of the event as text, as keys and slices have it. */
  static @Nullable String text(GenericRecord event, String field) {
    Object value = Fields.value(event, field);
    return value == null ? null : value.toString();
  }
}
