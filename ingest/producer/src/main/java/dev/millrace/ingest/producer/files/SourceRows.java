package dev.millrace.ingest.producer.files;

import dev.millrace.ingest.producer.files.FieldReader.RejectedValue;
import dev.millrace.ingest.producer.files.RowFormat.RawRow;
import dev.millrace.schemas.pipeline.EventLimits;
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

/** The rows of one file as events of a source; they must be in order of event time. */
public final class SourceRows implements Closeable {
  private final InputFile file;
  private final Source source;
  private final Schema schema;
  private final List<FieldReader> fields;
  private final RowFormat format;
  private final RejectedRowPolicy policy;
  private Instant newest = Instant.MIN;
  private long newestLine;

  /**
   * Opens the file.
   *
   * @throws IllegalArgumentException if the schema has a field of a type that cannot be read from
   *     text
   * @throws RejectedRow if the file's header does not fit the schema
   */
  public SourceRows(InputFile file, Source source, RejectedRowPolicy policy, ByteCount count)
      throws IOException, RejectedRow {
    this.file = file;
    this.source = source;
    this.schema = source.schema();
    this.policy = policy;
    this.fields = schema.getFields().stream().map(FieldReader::new).toList();
    InputStream in = file.open(count);
    this.format =
        switch (file.form()) {
          case CSV -> new CsvFormat(file, fields, in);
          case JSON_LINES -> new JsonLinesFormat(file, fields, in);
        };
  }

  /**
   * The next valid row; null at the end.
   *
   * @throws RejectedRow if a row before it is rejected, and rejected rows are not to be skipped
   */
  @Nullable Row next() throws IOException, RejectedRow {
    while (true) {
      try {
        RawRow raw = format.read();
        return raw == null ? null : row(raw);
      } catch (RejectedRow rejected) {
        policy.handle(rejected);
      }
    }
  }

  private Row row(RawRow raw) throws RejectedRow {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < fields.size(); i++) {
      try {
        record.put(i, fields.get(i).read(raw.texts().get(i)));
      } catch (RejectedValue e) {
        throw new RejectedRow(
            file, raw.line(), "column %s: %s".formatted(fields.get(i).name(), e.getMessage()));
      }
    }
    Instant time = (Instant) required(record, source.time(), "time", raw.line());
    String key = required(record, source.key(), "key", raw.line()).toString();
    if (!EventLimits.isTime(time)) {
      throw new RejectedRow(
          file,
          raw.line(),
          "column %s: %d ms since 1970 is %s, not between %s and %s; check its unit"
              .formatted(
                  source.time(),
                  time.toEpochMilli(),
                  time,
                  EventLimits.EARLIEST,
                  EventLimits.LATEST));
    }
    if (time.isBefore(newest)) {
      throw new RejectedRow(
          file,
          raw.line(),
          "column %s: %s is before %s in line %d; sort the file by this column"
              .formatted(source.time(), time, newest, newestLine));
    }
    newest = time;
    newestLine = raw.line();
    return new Row(source.name(), time, key, record);
  }

  private Object required(GenericRecord record, String field, String role, long line)
      throws RejectedRow {
    Object value = Fields.value(record, field);
    if (value == null) {
      throw new RejectedRow(
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
