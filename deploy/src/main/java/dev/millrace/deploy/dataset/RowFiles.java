package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.parquet.RowParquetWriter;
import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.RowColumns;
import dev.millrace.deploy.dataset.rows.RowValues;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes each row to the Parquet file and to the CSV for the profile, and digests it. */
final class RowFiles implements Closeable {
  private final List<Column> columns;
  private final ContentDigest content;
  private final ContentDigest inputs;
  private final RowParquetWriter parquet;
  private final ProfileRows profileRows;

  RowFiles(Path parquet, Path profileRows, List<Column> columns) throws IOException {
    this.columns = columns;
    this.content = new ContentDigest(columns, column -> true);
    this.inputs = new ContentDigest(columns, RowFiles::isInput);
    this.parquet = new RowParquetWriter(parquet, columns);
    this.profileRows = new ProfileRows(profileRows, columns);
  }

  void write(byte[] bytes) throws IOException {
    @Nullable Object[] values = RowValues.read(bytes, columns);
    content.add(values);
    inputs.add(values);
    parquet.write(values);
    profileRows.write(values);
  }

  private static boolean isInput(Column column) {
    return column.name().equals(RowColumns.EVENT_ID)
        || column.name().equals(RowColumns.EVENT_TIME)
        || column.name().startsWith(RowColumns.INPUTS);
  }

  /**
   * The digests of rows.
   *
   * @param contentSha256 of all columns
   * @param inputsSha256 of event id, event time and inputs
   */
  record Digests(String contentSha256, String inputsSha256) {}

  /** The digests of the rows that were written; no more rows can be written. */
  Digests digests() {
    return new Digests(content.hex(), inputs.hex());
  }

  @Override
  public void close() throws IOException {
    try (parquet) {
      profileRows.close();
    }
  }
}
