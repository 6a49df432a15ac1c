package dev.millrace.deploy.dataset.rows;

/**
 * A column of a data set.
 *
 * @param name nested records flattened, names joined by dots
 * @param nullable whether a row may have no value
 */
public record Column(String name, ColumnType type, boolean nullable) {}
