package dev.millrace.schemas.flink.sink;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.util.function.SerializableFunction;

/**
 * Writes Avro files in a local directory, {@code NAME-TASK.avro} for each task, in any order. For
 * jobs that end: the files are complete when the job has succeeded.
 *
 * @param <T> what the stream contains
 */
public final class AvroFiles<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final String name;
  private final Schema schema;
  private final SerializableFunction<T, IndexedRecord> record;

  /**
   * @param directory must exist
   * @param name of the files; they must not exist
   * @param record the record of an element, of the schema
   */
  public AvroFiles(
      Path directory, String name, Schema schema, SerializableFunction<T, IndexedRecord> record) {
    this.directory = directory.toString();
    this.name = name;
    this.schema = schema;
    this.record = record;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    int task = context.getTaskInfo().getIndexOfThisSubtask();
    return new Writer(new File(directory, name + "-" + task + ".avro"));
  }

  private final class Writer implements SinkWriter<T> {
    private final DataFileWriter<IndexedRecord> file;

    private Writer(File path) throws IOException {
      this.file = new DataFileWriter<IndexedRecord>(new SpecificDatumWriter<>(schema));
      this.file.create(schema, path);
    }

    @Override
    public void write(T element, Context context) throws IOException {
      file.append(record.apply(element));
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      file.flush();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
