package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The possible inputs of a model, and their names. */
public final class ModelInputs {
  private ModelInputs() {}

  /** The inputs of a pipeline without a model; see {@link Pipeline#inputs()}. */
  public static List<ModelInput> all(Source scored, Collection<Lookup> lookups) {
    Map<String, Type> variables = variables(scored, lookups);
    List<ModelInput> inputs = new ArrayList<>();
    variables.forEach(
        (name, type) -> {
          boolean known = name.equals(scored.id()) || name.equals(scored.time());
          if (type != Type.TIMESTAMP && !known) {
            inputs.add(input(inputName(name), Expression.compile(name, variables)));
          }
        });
    return List.copyOf(inputs);
  }

  /**
   * The variables of an input's expression: the scored source's fields, then {@code
   * lookup.feature}.
   */
  public static Map<String, Type> variables(Source scored, Collection<Lookup> lookups) {
    Map<String, Type> variables = new LinkedHashMap<>(Fields.types(scored.schema()));
    for (Lookup lookup : lookups) {
      for (Feature feature : lookup.view().features()) {
        variables.put(lookup.name() + "." + feature.name(), variableType(feature.type()));
      }
    }
    return variables;
  }

  /** {@code origin.late_3h} is the input {@code origin_late_3h}. */
  public static String inputName(String variable) {
    return variable.replace('.', '_');
  }

  /** An input; its kind follows from its expression. */
  public static ModelInput input(String name, Expression expression) {
    String source = expression.source().strip();
    ModelInput.Kind kind =
        !expression.references().contains(source)
            ? ModelInput.Kind.ON_DEMAND
            : source.contains(".") ? ModelInput.Kind.VIEW_FEATURE : ModelInput.Kind.SOURCE_FIELD;
    return new ModelInput(name, expression, kind, inputType(expression.resultType()));
  }

  private static InputType inputType(Type type) {
    return switch (type) {
      case BOOLEAN -> InputType.BOOLEAN;
      case LONG -> InputType.INTEGER;
      case DOUBLE -> InputType.NUMBER;
      case STRING -> InputType.TEXT;
      case TIMESTAMP -> throw new IllegalArgumentException("a timestamp is not a model input");
    };
  }

  /**
   * The type of a feature in an expression. Counts are doubles, too, so that the ratio of two
   * counts is not rounded.
   */
  private static Type variableType(FeatureType type) {
    return switch (type) {
      case LONG, DOUBLE -> Type.DOUBLE;
      case STRING -> Type.STRING;
      case BOOLEAN -> Type.BOOLEAN;
    };
  }
}
