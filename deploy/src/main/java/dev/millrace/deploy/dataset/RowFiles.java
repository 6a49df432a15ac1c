package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.parquet.RowParquetWriter;
import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.RowValues;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes each row to the Parquet file and to the CSV for the profile, and digests it. */
final class RowFiles implements Closeable {
  private final List<Column> columns;
  private final ContentDigest digest;
  private final RowParquetWriter parquet;
  private final ProfileRows profileRows;

  RowFiles(Path parquet, Path profileRows, List<Column> columns) throws IOException {
    this.columns = columns;
    this.digest = new ContentDigest(columns);
    this.parquet = new RowParquetWriter(parquet, columns);
    this.profileRows = new ProfileRows(profileRows, columns);
  }

  void write(byte[] bytes) throws IOException {
    digest.add(bytes);
    @Nullable Object[] values = RowValues.read(bytes, columns);
    parquet.write(values);
    profileRows.write(values);
  }

  /** The digest of the rows so far; no more rows can be written. */
  String contentSha256() {
    return digest.hex();
  }

  @Override
  public void close() throws IOException {
    try (parquet) {
      profileRows.close();
    }
  }
}
