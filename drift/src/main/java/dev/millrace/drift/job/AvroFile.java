package dev.millrace.drift.job;

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

/**
 * Writes records to an Avro file, at parallelism 1. For a job that ends: the file is complete when
 * the job has succeeded.
 */
final class AvroFile<T extends IndexedRecord> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final Schema schema;

  /**
   * @param path must not exist; its directory must
   */
  AvroFile(Path path, Schema schema) {
    this.path = path.toString();
    this.schema = schema;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return new Writer<>(new File(path), schema);
  }

  private static final class Writer<T extends IndexedRecord> implements SinkWriter<T> {
    private final DataFileWriter<T> file;

    private Writer(File path, Schema schema) throws IOException {
      this.file = new DataFileWriter<>(new SpecificDatumWriter<T>(schema));
      this.file.create(schema, path);
    }

    @Override
    public void write(T record, Context context) throws IOException {
      file.append(record);
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
