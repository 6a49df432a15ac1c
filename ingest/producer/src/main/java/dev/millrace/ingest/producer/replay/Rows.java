package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.replay.FieldReader.BadValue;
import dev.millrace.ingest.producer.replay.RowFormat.RawRow;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The rows of one file as events, which must be in order of event time. */
final class Rows implements Closeable {
  private final InputFile file;
  private final Output output;
  private final Schema schema;
  private final List<FieldReader> fields;
  private final RowFormat format;
  private final BadRows badRows;
  private Instant newest = Instant.MIN;
  private long newestLine;

  /**
   * @throws IllegalArgumentException if the schema has a field that no text can be read into
   * @throws BadRow if the file's header does not fit the schema
   */
  Rows(InputFile file, Output output, BadRows badRows, ByteCount count) throws IOException, BadRow {
    this.file = file;
    this.output = output;
    this.schema = output.source().schema();
    this.badRows = badRows;
    this.fields = schema.getFields().stream().map(FieldReader::new).toList();
    InputStream in = file.open(count);
    this.format =
        switch (file.form()) {
          case CSV -> new CsvFormat(file, fields, in);
          case JSON_LINES -> new JsonLinesFormat(file, fields, in);
        };
  }

  /**
   * The next good row; null at the end.
   *
   * @throws BadRow if there is a bad one before it, and bad ones are not to be skipped
   */
  @Nullable Row next() throws IOException, BadRow {
    while (true) {
      try {
        RawRow raw = format.read();
        return raw == null ? null : row(raw);
      } catch (BadRow bad) {
        badRows.meet(bad);
      }
    }
  }

  private Row row(RawRow raw) throws BadRow {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < fields.size(); i++) {
      try {
        record.put(i, fields.get(i).read(raw.texts().get(i)));
      } catch (BadValue e) {
        throw new BadRow(
            file, raw.line(), "column %s: %s".formatted(fields.get(i).name(), e.getMessage()));
      }
    }
    Source source = output.source();
    Instant time = (Instant) required(record, source.time(), "time", raw.line());
    String key = required(record, source.key(), "key", raw.line()).toString();
    if (time.isBefore(newest)) {
      throw new BadRow(
          file,
          raw.line(),
          "column %s: %s is before %s in line %d; sort the file by this column"
              .formatted(source.time(), time, newest, newestLine));
    }
    newest = time;
    newestLine = raw.line();
    return new Row(time, key, record, output);
  }

  private Object required(GenericRecord record, String field, String role, long line)
      throws BadRow {
    Object value = Fields.value(record, field);
    if (value == null) {
      throw new BadRow(
          file,
          line,
          "column %s: there is no value, but it is the %s of source %s"
              .formatted(field, role, file.source()));
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    format.close();
  }
}
