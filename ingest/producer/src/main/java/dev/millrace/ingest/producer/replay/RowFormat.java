package dev.millrace.ingest.producer.replay;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a file apart into rows, and rows into texts, one for each field of the schema. */
interface RowFormat extends Closeable {
  /**
   * A row.
   *
   * @param line where it begins, from 1
   * @param texts by the field's position in the schema; null: no value
   */
  record RawRow(long line, List<@Nullable String> texts) {}

  /**
   * The next row; null at the end.
   *
   * @throws BadRow if there is one, but not in this form; the row after it can be read all the same
   * @throws IOException if the rest of the file cannot be read
   */
  @Nullable RawRow read() throws IOException, BadRow;
}
