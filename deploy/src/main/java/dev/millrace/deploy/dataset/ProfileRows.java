package dev.millrace.deploy.dataset;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.ColumnType;
import dev.millrace.deploy.dataset.rows.RowColumns;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows as CSV, as the profiler reads them: inputs and event time. Without the score, since the
 * rows are for another model than the one that gave it.
 */
final class ProfileRows implements Closeable {
  private final List<Column> columns;
  private final List<Integer> positions;
  private final CsvWriter csv;

  ProfileRows(Path file, List<Column> columns) throws IOException {
    this.columns = columns;
    this.positions =
        IntStream.range(0, columns.size()).filter(i -> isProfiled(columns.get(i))).boxed().toList();
    this.csv = CsvWriter.builder().build(file);
    csv.writeRecord(positions.stream().map(i -> columns.get(i).name()).toList());
  }

  private static boolean isProfiled(Column column) {
    return column.name().startsWith(RowColumns.INPUTS)
        || column.name().equals(RowColumns.EVENT_TIME);
  }

  void write(@Nullable Object[] values) {
    List<@Nullable String> texts = new ArrayList<>(positions.size());
    for (int position : positions) {
      texts.add(text(columns.get(position).type(), values[position]));
    }
    csv.writeRecord(texts);
  }

  private static @Nullable String text(ColumnType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return type == ColumnType.TIMESTAMP
        ? Instant.ofEpochMilli((Long) value).toString()
        : value.toString();
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
