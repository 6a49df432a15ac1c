package dev.millrace.deploy.dataset.parquet;

import dev.millrace.deploy.dataset.rows.Column;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to one Parquet file. The same rows in the same order make the same bytes: the file
 * contains no time, and row groups end after a fixed number of rows or bytes.
 */
public final class RowParquetWriter implements Closeable {
  /** A row group is kept in memory until it is complete. */
  private static final long ROW_GROUP_BYTES = 32L * 1024 * 1024;

  private static final int ROW_GROUP_ROWS = 100_000;

  private final ParquetWriter<@Nullable Object[]> writer;

  /**
   * @param file must not exist
   */
  public RowParquetWriter(Path file, List<Column> columns) throws IOException {
    this.writer =
        new Builder(new LocalOutputFile(file), columns)
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdCodecs())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withRowGroupRowCountLimit(ROW_GROUP_ROWS)
            .build();
  }

  /**
   * Writes a row.
   *
   * @param values in the order of the columns, of their Java types
   */
  public void write(@Nullable Object[] values) throws IOException {
    writer.write(values);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<@Nullable Object[], Builder> {
    private final List<Column> columns;

    private Builder(OutputFile file, List<Column> columns) {
      super(file);
      this.columns = columns;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Deprecated, but abstract. */
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<@Nullable Object[]> getWriteSupport(Configuration configuration) {
      throw new UnsupportedOperationException("rows are written without Hadoop's configuration");
    }

    @Override
    protected WriteSupport<@Nullable Object[]> getWriteSupport(ParquetConfiguration configuration) {
      return new RowWriteSupport(columns);
    }
  }
}
