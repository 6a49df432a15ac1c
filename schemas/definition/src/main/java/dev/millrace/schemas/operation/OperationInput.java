package dev.millrace.schemas.operation;

import dev.millrace.schemas.expression.Type;

/** The inputs that an operation accepts. */
public enum OperationInput {
  /** A value of any type, or none: then all events count. */
  ANY("a field"),
  SCALAR("a number, text or boolean"),
  NUMBER("a number"),
  BOOLEAN("a boolean"),
  /** Types with one unambiguous text form. */
  CATEGORY("a text, whole number or boolean");

  private final String words;

  OperationInput(String words) {
    this.words = words;
  }

  /** The accepted types in words. */
  public String words() {
    return words;
  }

  public boolean accepts(Type type) {
    return switch (this) {
      case ANY -> true;
      case SCALAR -> type != Type.TIMESTAMP;
      case NUMBER -> type.isNumber();
      case BOOLEAN -> type == Type.BOOLEAN;
      case CATEGORY -> type != Type.TIMESTAMP && type != Type.DOUBLE;
    };
  }
}
