package dev.millrace.deploy.e2e.expected;

import dev.millrace.deploy.dataset.parquet.ZstdCodecs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** Reads the rows of a data set. */
final class ParquetRows {
  private ParquetRows() {}

  /** Passes on each row: the text of each value by its column, without nulls. */
  static void read(Path file, Consumer<Map<String, String>> action) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdCodecs())
            .build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      for (var group = reader.readNextRowGroup(); group != null; ) {
        RecordReader<Group> rows =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(group, new GroupRecordConverter(schema));
        for (long row = 0; row < group.getRowCount(); row++) {
          action.accept(values(schema, rows.read()));
        }
        group = reader.readNextRowGroup();
      }
    }
  }

  private static Map<String, String> values(MessageType schema, Group row) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      if (row.getFieldRepetitionCount(i) > 0) {
        values.put(schema.getFieldName(i), row.getValueToString(i, 0));
      }
    }
    return values;
  }
}
