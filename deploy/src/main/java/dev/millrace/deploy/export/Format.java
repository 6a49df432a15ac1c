package dev.millrace.deploy.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import dev.millrace.deploy.topic.AvroJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** The formats of an export. */
public enum Format {
  /**
   * A header line, then one line per record; null is written as nothing, an empty text as {@code
   * ""}.
   */
  CSV {
    @Override
    Consumer<GenericRecord> to(Writer out, Schema schema) {
      var columns = Columns.of(schema);
      // Without a buffer, since it is not closed: the caller flushes and closes the writer.
      var csv = CsvWriter.builder().bufferSize(0).quoteStrategy(QuoteStrategies.EMPTY).build(out);
      csv.writeRecord(columns.names());
      return record -> csv.writeRecord(columns.texts(AvroJson.of(record)));
    }
  },

  /** One JSON object per line, nested as the record. */
  JSONL {
    @Override
    Consumer<GenericRecord> to(Writer out, Schema schema) {
      return record -> {
        ObjectNode json = AvroJson.of(record);
        try {
          out.write(json.toString());
          out.write('\n');
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };
    }
  };

  /** Writes the header and returns a function that writes a record. */
  abstract Consumer<GenericRecord> to(Writer out, Schema schema);
}
