package dev.millrace.ingest.producer.files;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits a file into rows, and rows into texts, one for each field of the schema. */
interface RowFormat extends Closeable {
  /**
   * A row.
   *
   * @param line where it starts, from 1
   * @param texts by the field's position in the schema; null if there is no value
   */
  record RawRow(long line, List<@Nullable String> texts) {}

  /**
   * The next row; null at the end.
   *
   * @throws RejectedRow if the next row does not have this form; the row after it can still be read
   * @throws IOException if the rest of the file cannot be read
   */
  @Nullable RawRow read() throws IOException, RejectedRow;
}
