package dev.millrace.schemas.expression;

import org.jspecify.annotations.Nullable;

/** An expression that does not parse, names an unknown variable, or has a wrong type. */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String unknown;
  private final int line;
  private final int column;

  ExpressionException(String message, @Nullable String unknown, int line, int column) {
    super(message);
    this.unknown = unknown;
    this.line = line;
    this.column = column;
  }

  /** The undeclared variable with its dots; null for any other error. */
  public @Nullable String unknown() {
    return unknown;
  }

  /** Line within the expression's text, from 1. */
  public int line() {
    return line;
  }

  /** Column within that line, from 1. */
  public int column() {
    return column;
  }
}
