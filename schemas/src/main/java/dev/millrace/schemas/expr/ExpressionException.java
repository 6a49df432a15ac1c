package dev.millrace.schemas.expr;

/** An expression that does not parse, names an unknown variable, or does not fit its types. */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  ExpressionException(String message, int line, int column) {
    super(message);
    this.line = line;
    this.column = column;
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
