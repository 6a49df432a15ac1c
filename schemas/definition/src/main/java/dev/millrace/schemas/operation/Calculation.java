package dev.millrace.schemas.operation;

import org.jspecify.annotations.Nullable;

/** How a feature follows from the {@link Partial} of the values in its window. Immutable. */
public final class Calculation {
  private final Operation operation;
  private final String argument;
  private final int number;
  private final Window window;
  private final int part;

  /**
   * @param argument of the operation; null if it has none
   * @param layout of the partial results, which has the part that the operation needs
   */
  public Calculation(Operation operation, @Nullable String argument, Window window, Layout layout) {
    this.operation = operation;
    this.argument = argument == null ? "" : argument;
    this.number = operation.number(argument);
    this.window = window;
    this.part = layout.indexOf(operation.part(argument));
  }

  /**
   * The value of the feature.
   *
   * @param partial whose {@link #part} is not stale
   * @return of the operation's result type
   */
  public @Nullable Object value(Partial partial, long asOfMillis) {
    return partial.count() == 0
        ? operation.ofNothing()
        : operation.value(this, partial, asOfMillis);
  }

  /** The index of the part that it reads; -1 if it reads only the count. */
  public int part() {
    return part;
  }

  <P extends Part> P part(Partial partial, Class<P> kind) {
    return kind.cast(partial.part(part));
  }

  /** The operation's argument as a number; 0 if it is not one. */
  int number() {
    return number;
  }

  /** The operation's argument; empty if it has none. */
  String argument() {
    return argument;
  }

  double windowSeconds() {
    return window.lengthMillis() / 1000.0;
  }
}
