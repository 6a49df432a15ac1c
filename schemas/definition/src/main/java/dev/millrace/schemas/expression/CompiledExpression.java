package dev.millrace.schemas.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The program of an {@link Expression} and the variables that it reads. Immutable. */
final class CompiledExpression {
  private static final Map<CelType, Type> RESULTS =
      Map.of(
          SimpleType.BOOL, Type.BOOLEAN,
          SimpleType.INT, Type.LONG,
          SimpleType.DOUBLE, Type.DOUBLE,
          SimpleType.STRING, Type.STRING,
          SimpleType.TIMESTAMP, Type.TIMESTAMP);

  /** Null for an expression that is only a variable: it needs no CEL. */
  private final CelRuntime.@Nullable Program program;

  private final Type result;
  private final Variable[] variables;

  /** A variable that the program reads; {@code nullTested}: the text compares it with null. */
  private record Variable(String name, Type type, boolean nullTested) {}

  private CompiledExpression(
      CelRuntime.@Nullable Program program, Type result, List<Variable> variables) {
    this.program = program;
    this.result = result;
    this.variables = variables.toArray(new Variable[0]);
  }

  /** See {@link Expression#compile}. */
  static CompiledExpression of(String source, Map<String, Type> declared) {
    String name = source.strip();
    Type type = declared.get(name);
    if (type != null) {
      return new CompiledExpression(null, type, List.of(new Variable(name, type, false)));
    }
    CelAbstractSyntaxTree tree = CelEnvironment.check(source, declared);
    Set<String> nullTested = nullTested(tree);
    List<Variable> variables =
        tree.getReferenceMap().values().stream()
            .map(CelReference::name)
            .distinct()
            .sorted()
            .flatMap(
                each ->
                    Stream.ofNullable(declared.get(each))
                        .map(of -> new Variable(each, of, nullTested.contains(each))))
            .toList();
    return new CompiledExpression(CelEnvironment.program(tree), result(tree), variables);
  }

  Type result() {
    return result;
  }

  Set<String> references() {
    return Stream.of(variables).map(Variable::name).collect(Collectors.toUnmodifiableSet());
  }

  @Nullable Object evaluate(Function<String, ? extends @Nullable Object> lookup) {
    Object[] values = new Object[variables.length];
    for (int i = 0; i < values.length; i++) {
      Variable variable = variables[i];
      Object value = lookup.apply(variable.name());
      if (value == null && !variable.nullTested()) {
        return null;
      }
      values[i] = value == null ? NullValue.NULL_VALUE : converted(variable, value);
    }
    if (program == null) {
      return values[0];
    }
    try {
      Object value = program.eval(resolver(values));
      return value instanceof NullValue ? null : value;
    } catch (CelEvaluationException noResult) {
      return null;
    }
  }

  /** A linear search is faster than a hash map for the few names that an expression has. */
  private CelVariableResolver resolver(Object[] values) {
    return name -> {
      for (int i = 0; i < variables.length; i++) {
        if (variables[i].name().equals(name)) {
          return Optional.of(values[i]);
        }
      }
      return Optional.empty();
    };
  }

  private static Object converted(Variable variable, Object value) {
    Object converted =
        switch (variable.type()) {
          case LONG ->
              value instanceof Integer number ? number.longValue() : only(Long.class, value);
          case DOUBLE -> value instanceof Number number ? number.doubleValue() : null;
          case STRING -> value.toString();
          case BOOLEAN -> only(Boolean.class, value);
          case TIMESTAMP -> only(Instant.class, value);
        };
    if (converted == null) {
      throw new IllegalArgumentException(
          "%s is declared %s, but its value is a %s"
              .formatted(variable.name(), variable.type(), value.getClass().getName()));
    }
    return converted;
  }

  private static @Nullable Object only(Class<?> type, Object value) {
    return type.isInstance(value) ? value : null;
  }

  private static Type result(CelAbstractSyntaxTree tree) {
    CelType type = tree.getResultType();
    CelType plain = type instanceof NullableType nullable ? nullable.targetType() : type;
    Type result = RESULTS.get(plain);
    if (result == null) {
      throw new ExpressionException(
          "the result is a " + plain.name() + ", not a boolean, number, text or timestamp",
          null,
          1,
          1);
    }
    return result;
  }

  /** The variables that are compared with null by == or !=. */
  private static Set<String> nullTested(CelAbstractSyntaxTree tree) {
    return CelNavigableAst.fromAst(tree)
        .getRoot()
        .allNodes()
        .map(CelNavigableExpr::expr)
        .filter(expr -> expr.getKind() == CelExpr.ExprKind.Kind.CALL)
        .map(CelExpr::call)
        .filter(call -> call.function().equals("_==_") || call.function().equals("_!=_"))
        .filter(call -> call.args().stream().anyMatch(CompiledExpression::isNull))
        .flatMap(call -> call.args().stream())
        .flatMap(operand -> tree.getReference(operand.id()).stream())
        .map(CelReference::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isNull(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.NULL_VALUE;
  }
}
