package dev.millrace.schemas.inputs;

import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.Lookup;
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

/** Computes the value of every model input from an event and its features. */
public final class InputValues {

  /**
   * An input of an event.
   *
   * @param value Double, Long, String or Boolean; null unless the status is PRESENT
   * @param ageMillis event time minus the time of the entity's newest event, of the oldest for an
   *     expression over several lookups; null if none is used
   * @param isFallback whether there is a value although one of its lookups was not found or is too
   *     old: the expression provides another value for that case
   */
  public record Value(
      @Nullable Object value, FeatureStatus status, @Nullable Long ageMillis, boolean isFallback) {}

  /**
   * The place of a variable of an expression.
   *
   * @param lookup index of the lookup, -1 for a field of the event
   * @param position in the view's features, or in the event
   */
  private record Variable(int lookup, int position) {}

  /**
   * @param direct the variable, if the input is one variable only
   * @param lookups those that the expression uses
   */
  private record Plan(
      Expression expression, @Nullable Variable direct, List<Integer> lookups, InputType type) {}

  /** The values of variables for one event. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Values(
      GenericRecord event, long timeMillis, @Nullable EntityFeatures[] features) {}

  private final Map<String, Variable> variables = new HashMap<>();
  private final List<Plan> plans = new ArrayList<>();
  private final @Nullable Long[] ttlMillis;
  private final List<FeatureView> views;
  private final List<Schema.Field> fields;

  public InputValues(Pipeline pipeline) {
    fields = pipeline.scored().schema().getFields();
    fields.forEach(field -> variables.put(field.name(), new Variable(-1, field.pos())));
    List<Lookup> lookups = List.copyOf(pipeline.lookups().values());
    ttlMillis = new @Nullable Long[lookups.size()];
    views = lookups.stream().map(Lookup::view).toList();
    for (int i = 0; i < lookups.size(); i++) {
      FeatureView view = lookups.get(i).view();
      Duration ttl = view.ttl();
      ttlMillis[i] = ttl == null ? null : ttl.toMillis();
      for (int f = 0; f < view.features().size(); f++) {
        String variable = lookups.get(i).name() + "." + view.features().get(f).name();
        variables.put(variable, new Variable(i, f));
      }
    }
    pipeline.inputs().forEach(input -> plans.add(plan(input)));
  }

  private Plan plan(ModelInput input) {
    Expression expression = input.expression();
    Variable direct =
        input.kind() == ModelInput.Kind.ON_DEMAND ? null : variables.get(expression.source());
    List<Integer> lookups =
        expression.references().stream()
            .map(variables::get)
            .filter(variable -> variable != null && variable.lookup >= 0)
            .map(Variable::lookup)
            .distinct()
            .toList();
    return new Plan(expression, direct, lookups, input.type());
  }

  /**
   * The inputs in the pipeline's order.
   *
   * @param event of the scored source, in its schema
   * @param timeMillis event time
   * @param features by the index of their lookup; null: not found
   */
  public Value[] read(GenericRecord event, long timeMillis, @Nullable EntityFeatures[] features) {
    Values at = new Values(event, timeMillis, features);
    Value[] values = new Value[plans.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(plans.get(i), at);
    }
    return values;
  }

  private Value read(Plan plan, Values at) {
    Object result =
        plan.direct != null
            ? value(plan.direct, at)
            : plan.expression.evaluate((String name) -> value(name, at));
    Object value =
        plan.type == InputType.NUMBER && result instanceof Number number
            ? (Object) number.doubleValue()
            : result;
    FeatureStatus status = value == null ? FeatureStatus.NULL_VALUE : FeatureStatus.PRESENT;
    Long age = null;
    boolean isMissing = false;
    for (int lookup : plan.lookups) {
      EntityFeatures found = at.features[lookup];
      if (found == null) {
        isMissing = true;
        status = value == null ? FeatureStatus.NOT_FOUND : status;
        continue;
      }
      long ageOfOne = at.timeMillis - found.newestMillis();
      age = age == null ? ageOfOne : Math.max(age, ageOfOne);
      isMissing |= isTooOld(lookup, ageOfOne);
      if (value == null && status != FeatureStatus.NOT_FOUND && isTooOld(lookup, ageOfOne)) {
        status = FeatureStatus.OUTSIDE_MAX_AGE;
      }
    }
    return new Value(value, status, age, value != null && isMissing);
  }

  private @Nullable Object value(String name, Values at) {
    Variable variable = variables.get(name);
    return variable == null ? null : value(variable, at);
  }

  private @Nullable Object value(Variable variable, Values at) {
    if (variable.lookup < 0) {
      Object raw = at.event.get(variable.position);
      return Fields.value(fields.get(variable.position).schema(), raw);
    }
    EntityFeatures found = at.features[variable.lookup];
    if (found == null || isTooOld(variable.lookup, at.timeMillis - found.newestMillis())) {
      return null;
    }
    Object raw = later(found.features().get(variable.position), variable, found, at.timeMillis);
    return raw instanceof Long number ? Double.valueOf(number.doubleValue()) : raw;
  }

  /** The value of a row as of the event, which is later than the row. */
  private @Nullable Object later(
      @Nullable Object value, Variable variable, EntityFeatures found, long timeMillis) {
    if (value == null || found.asOfMillis() >= timeMillis) {
      return value;
    }
    return views
        .get(variable.lookup)
        .features()
        .get(variable.position)
        .later(value, found.asOfMillis(), timeMillis);
  }

  private boolean isTooOld(int lookup, long ageMillis) {
    Long ttl = ttlMillis[lookup];
    return ttl != null && ageMillis > ttl;
  }
}
