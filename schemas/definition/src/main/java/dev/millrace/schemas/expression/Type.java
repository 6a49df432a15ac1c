package dev.millrace.schemas.expression;

/** Type of a variable or of a result, and the Java class of its values. */
public enum Type {
  /** {@link Boolean}. */
  BOOLEAN,
  /** {@link Long}; Avro int and long. */
  LONG,
  /** {@link Double}; Avro float and double, and every numeric feature of a view. */
  DOUBLE,
  /** {@link String}; Avro string and enum. */
  STRING,
  /** {@link java.time.Instant}; Avro timestamp-millis and timestamp-micros. */
  TIMESTAMP;

  /** Whether values are numbers. */
  public boolean isNumber() {
    return this == LONG || this == DOUBLE;
  }
}
