package dev.millrace.ingest.producer.files;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values (RFC 4180) in UTF-8; the first row names the columns. Columns that the
 * schema does not have are ignored. An empty cell means that there is no value, except for a text
 * field that must have one.
 */
final class CsvFormat implements RowFormat {
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final int ABSENT = -1;

  private final InputFile file;
  private final List<FieldReader> fields;
  private final CsvReader<CsvRecord> reader;
  private final CloseableIterator<CsvRecord> records;
  private final List<String> columns;

  /** The column of each field, by the field's position. */
  private final int[] columnOf;

  /**
   * @throws RejectedRow if there is no header, or a column that the schema requires is missing
   */
  CsvFormat(InputFile file, List<FieldReader> fields, InputStream in)
      throws RejectedRow, IOException {
    this.file = file;
    this.fields = fields;
    this.reader =
        CsvReader.builder()
            .allowExtraFields(true)
            .allowMissingFields(true)
            .ofCsvRecord(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.records = reader.iterator();
    CsvRecord header = nextRecord();
    if (header == null) {
      throw new RejectedRow(file, 1, "the file is empty; its first row must name the columns");
    }
    this.columns = new ArrayList<>(header.getFields());
    columns.set(0, columns.get(0).replace(BYTE_ORDER_MARK, ""));
    this.columnOf = new int[fields.size()];
    for (int i = 0; i < columnOf.length; i++) {
      columnOf[i] = columns.indexOf(fields.get(i).name());
      if (columnOf[i] == ABSENT && !fields.get(i).isOptional()) {
        throw new RejectedRow(
            file,
            1,
            "there is no column '%s', which the schema of source %s requires; the columns are %s"
                .formatted(fields.get(i).name(), file.source(), columns));
      }
    }
  }

  @Override
  public @Nullable RawRow read() throws IOException, RejectedRow {
    CsvRecord next = nextRecord();
    if (next == null) {
      return null;
    }
    if (next.getFieldCount() != columns.size()) {
      throw new RejectedRow(
          file,
          next.getStartingLineNumber(),
          "there are %d cells, but %d columns; quote cells that hold commas"
              .formatted(next.getFieldCount(), columns.size()));
    }
    @Nullable String[] texts = new @Nullable String[columnOf.length];
    for (int i = 0; i < texts.length; i++) {
      String cell = columnOf[i] == ABSENT ? "" : next.getField(columnOf[i]);
      boolean isValue =
          columnOf[i] != ABSENT && (!cell.isEmpty() || fields.get(i).takesEmptyText());
      texts[i] = isValue ? cell : null;
    }
    return new RawRow(next.getStartingLineNumber(), Arrays.asList(texts));
  }

  private @Nullable CsvRecord nextRecord() throws IOException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (CsvParseException e) {
      throw new IOException("%s: not CSV: %s".formatted(file.path(), e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw new IOException("%s: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
