package dev.millrace.deploy.dataset.rows;

/** The types of columns, and the Java types of their values. */
public enum ColumnType {
  /** {@link Double}. */
  DOUBLE,
  /** {@link Long}. */
  LONG,
  /** {@link String}. */
  STRING,
  /** {@link Boolean}. */
  BOOLEAN,
  /** {@link Long}: milliseconds since 1970-01-01T00:00:00Z. */
  TIMESTAMP
}
