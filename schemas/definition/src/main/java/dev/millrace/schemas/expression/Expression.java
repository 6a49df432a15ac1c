package dev.millrace.schemas.expression;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A CEL expression, compiled once and type-checked against its variables.
 *
 * <p>Immutable, thread-safe and serializable: it is serialized as its source and its declarations
 * and is compiled again when it is read.
 *
 * <p>Null in, null out: the result is null when any variable that the expression names is null or
 * absent, unless the expression itself compares that variable with {@code null}. The result is also
 * null if the operation has no result for the values (a division of integers by zero, a text that
 * is not a number).
 */
public final class Expression implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final TreeMap<String, Type> variables;
  private final transient CompiledExpression compiled;

  private Expression(String source, Map<String, Type> variables) {
    this.source = source;
    this.variables = new TreeMap<>(variables);
    this.compiled = CompiledExpression.of(source, this.variables);
  }

  /**
   * Compiles an expression.
   *
   * @param source CEL text
   * @param variables the variables that the expression may name, including dotted names such as
   *     {@code view.feature}
   * @throws ExpressionException on a syntax error, an unknown variable or a wrong type
   */
  public static Expression compile(String source, Map<String, Type> variables) {
    return new Expression(source, variables);
  }

  /** Evaluates over a map from variable names to values; see {@link #evaluate(Function)}. */
  public @Nullable Object evaluate(Map<String, ?> values) {
    return compiled.evaluate(values::get);
  }

  /**
   * Evaluates the expression. Only the variables that it names are looked up, so {@code values} may
   * read the fields of a record without copying them into a map.
   *
   * @param values returns the value of a variable, of the class of its {@link Type}; an Integer is
   *     converted to a Long, any number to a Double, any object to a String
   * @return a value of the class of {@link #resultType()}, or null
   * @throws IllegalArgumentException if a value is of another class
   */
  public @Nullable Object evaluate(Function<String, ? extends @Nullable Object> values) {
    return compiled.evaluate(values);
  }

  /** Whether a boolean expression is true: neither false nor null. */
  public boolean isTrue(Function<String, ? extends @Nullable Object> values) {
    return Boolean.TRUE.equals(compiled.evaluate(values));
  }

  /** Whether a boolean expression is false: neither true nor null. A contract is broken then. */
  public boolean isFalse(Function<String, ? extends @Nullable Object> values) {
    return Boolean.FALSE.equals(compiled.evaluate(values));
  }

  /** The text as it was written. */
  public String source() {
    return source;
  }

  /** The variables that the expression names, a subset of the declared ones. */
  public Set<String> references() {
    return compiled.references();
  }

  /** The type of the result. */
  public Type resultType() {
    return compiled.result();
  }

  private Object readResolve() {
    return new Expression(source, variables);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Expression that
        && source.equals(that.source)
        && variables.equals(that.variables);
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, variables);
  }

  @Override
  public String toString() {
    return source;
  }
}
