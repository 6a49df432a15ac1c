package dev.millrace.schemas.operation;

/** What a {@link Part} keeps. Immutable. */
public interface PartSpec {
  /** A part without values. */
  Part create();

  /** The specification of a part that serves this one's operations and another's. */
  default PartSpec union(PartSpec other) {
    return this;
  }

  /** Whether the part can be made again from each value as a double. */
  default boolean isNumeric() {
    return false;
  }
}
