package dev.millrace.deploy.dataset.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.deploy.dataset.rows.Column;
import dev.millrace.deploy.dataset.rows.ColumnType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowParquetWriterTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("event_id", ColumnType.STRING, false),
          new Column("event_time", ColumnType.TIMESTAMP, false),
          new Column("inputs.amount", ColumnType.DOUBLE, true),
          new Column("inputs.count", ColumnType.LONG, true),
          new Column("positive", ColumnType.BOOLEAN, true));

  /** More than a row group. */
  private static final int ROWS = 130_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Test
  void rowsAreReadBack() throws IOException {
    Path file = write("rows.parquet");

    List<String> read = new ArrayList<>();
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdCodecs())
            .build();
    int groups = 0;
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      for (var pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          read.add(text(records.read()));
        }
        groups++;
      }
    }

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      expected.add(Arrays.toString(row(i)));
    }
    assertThat(read).isEqualTo(expected);
    assertThat(groups).isEqualTo(2);
  }

  @Test
  void theSameRowsMakeTheSameBytesInAnyLocaleAndTimeZone() throws IOException {
    Path one = write("one.parquet");
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      assertThat(write("other.parquet")).hasSameBinaryContentAs(one);
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void pyarrowReadsTheTypes() throws IOException, InterruptedException {
    assumeTrue(python("import pyarrow").exit() == 0, "Python has no pyarrow");

    Output output =
        python(
            "import pyarrow.parquet as p; t = p.read_table('%s'); print([(f.name, str(f.type), f.nullable) for f in t.schema]); print(t.num_rows, [str(v) for v in t.slice(1, 1).to_pylist()[0].values()])"
                .formatted(write("rows.parquet")));

    assertThat(output.text().lines())
        .containsExactly(
            "[('event_id', 'string', False), ('event_time', 'timestamp[ms, tz=UTC]', False),"
                + " ('inputs.amount', 'double', True), ('inputs.count', 'int64', True),"
                + " ('positive', 'bool', True)]",
            "130000 ['é1', '2001-01-16 00:00:00.001000+00:00', '0.5', '1', 'True']");
  }

  private record Output(int exit, String text) {}

  private static Output python(String code) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "-c", code).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      return new Output(127, String.valueOf(e.getMessage()));
    }
  }

  private Path write(String name) throws IOException {
    Path file = directory.resolve(name);
    try (RowParquetWriter writer = new RowParquetWriter(file, COLUMNS)) {
      for (int i = 0; i < ROWS; i++) {
        writer.write(row(i));
      }
    }
    return file;
  }

  private static @Nullable Object[] row(int i) {
    return new @Nullable Object[] {
      "é" + i,
      979_603_200_000L + i,
      i % 10 == 9 ? null : (Double) (i * 0.5),
      i % 4 == 0 ? null : (Long) (long) i,
      i % 3 == 0 ? null : (Boolean) (i % 2 == 1)
    };
  }

  private static String text(Group row) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (row.getFieldRepetitionCount(i) == 0) {
        values.add(null);
      } else {
        values.add(
            switch (COLUMNS.get(i).type()) {
              case STRING -> row.getString(i, 0);
              case LONG, TIMESTAMP -> row.getLong(i, 0);
              case DOUBLE -> row.getDouble(i, 0);
              case BOOLEAN -> row.getBoolean(i, 0);
            });
      }
    }
    return values.toString();
  }
}
