/**
 * Reads CSV and JSON-lines files as events: rows in order of event time, several files merged, rows
 * that are not valid events rejected with file, line and column.
 */
@NullMarked
package dev.millrace.ingest.producer.files;

import org.jspecify.annotations.NullMarked;
