package dev.millrace.features.sink;

import dev.millrace.features.source.Question;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes vectors to Avro files in a local directory, one for each task, in any order. For jobs that
 * end: the files are complete when the job has succeeded.
 */
public final class VectorFiles implements Sink<Question> {
  private static final long serialVersionUID = 1L;

  private final String directory;
  private final Schema schema;
  private final VectorLayout layout;

  /**
   * @param directory must exist
   */
  public VectorFiles(Path directory, Schema schema, VectorLayout layout) {
    this.directory = directory.toString();
    this.schema = schema;
    this.layout = layout;
  }

  @Override
  public SinkWriter<Question> createWriter(WriterInitContext context) throws IOException {
    int task = context.getTaskInfo().getIndexOfThisSubtask();
    return new Writer(new File(directory, "vectors-" + task + ".avro"));
  }

  private final class Writer implements SinkWriter<Question> {
    private final DataFileWriter<IndexedRecord> file;

    private Writer(File file) throws IOException {
      this.file = new DataFileWriter<IndexedRecord>(new GenericDatumWriter<>(schema));
      this.file.create(schema, file);
    }

    @Override
    public void write(Question question, Context context) throws IOException {
      file.append(layout.value(question));
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
