package dev.millrace.inference.scoring;

import dev.millrace.inference.rows.Row;
import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.inference.waiting.CleanEvent;
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
import org.jspecify.annotations.Nullable;

/** Computes the value of every model input from an event and its rows. */
final class InputValues {

  /**
   * An input of an event.
   *
   * @param value Double, Long, String or Boolean; null unless the status is PRESENT
   * @param ageMillis event time minus the time of the row, of the oldest row for an expression over
   *     several; null if no row is used
   */
  record Value(@Nullable Object value, FeatureStatus status, @Nullable Long ageMillis) {}

  /**
   * The place of a variable of an expression.
   *
   * @param view index of the view, -1 for a field of the event
   * @param position in the view's features, or in the event
   */
  private record Variable(int view, int position) {}

  /**
   * @param direct the variable, if the input is one variable only
   * @param views the views whose rows the expression uses
   */
  private record Plan(
      Expression expression, @Nullable Variable direct, List<Integer> views, InputType type) {}

  private final Map<String, Variable> variables = new HashMap<>();
  private final List<Plan> plans = new ArrayList<>();
  private final @Nullable Long[] ttlMillis;
  private final List<Schema.Field> fields;

  InputValues(Pipeline pipeline, List<ViewAccess> views) {
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
   * @param rows by the index of their view; null: not found
   */
  Value[] read(CleanEvent event, @Nullable Row[] rows) {
    Value[] values = new Value[plans.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(plans.get(i), event, rows);
    }
    return values;
  }

  private Value read(Plan plan, CleanEvent event, @Nullable Row[] rows) {
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
      long rowAge = event.timeMillis() - row.timeMillis();
      age = age == null ? rowAge : Math.max(age, rowAge);
      if (value == null && status != FeatureStatus.NOT_FOUND && isTooOld(view, rowAge)) {
        status = FeatureStatus.OUTSIDE_MAX_AGE;
      }
    }
    return new Value(value, status, age);
  }

  private @Nullable Object value(String name, CleanEvent event, @Nullable Row[] rows) {
    Variable variable = variables.get(name);
    return variable == null ? null : value(variable, event, rows);
  }

  private @Nullable Object value(Variable variable, CleanEvent event, @Nullable Row[] rows) {
    if (variable.view < 0) {
      Object raw = event.fields().get(variable.position);
      return Fields.value(fields.get(variable.position).schema(), raw);
    }
    Row row = rows[variable.view];
    if (row == null || isTooOld(variable.view, event.timeMillis() - row.timeMillis())) {
      return null;
    }
    Object raw = row.features().get(variable.position);
    return raw instanceof Long number ? Double.valueOf(number.doubleValue()) : raw;
  }

  private boolean isTooOld(int view, long ageMillis) {
    Long ttl = ttlMillis[view];
    return ttl != null && ageMillis > ttl;
  }
}
