package dev.millrace.deploy.drift;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Predictions as rows of CSV that the profiler reads: inputs, score and event time. */
final class ReferenceRows implements Closeable {
  private final List<String> inputs;
  private final CsvWriter csv;
  private long rows;

  /**
   * @param prediction schema of predictions
   */
  ReferenceRows(Path file, Schema prediction) throws IOException {
    inputs =
        prediction.getField("inputs").schema().getFields().stream()
            .map(Schema.Field::name)
            .toList();
    csv = CsvWriter.builder().build(file);
    List<String> header = new ArrayList<>();
    inputs.forEach(input -> header.add("inputs." + input));
    header.add("score");
    header.add("event_time");
    csv.writeRecord(header);
  }

  void write(GenericRecord prediction) {
    GenericRecord values = (GenericRecord) prediction.get("inputs");
    List<@Nullable String> row = new ArrayList<>();
    for (String input : inputs) {
      row.add(text(((GenericRecord) values.get(input)).get("value")));
    }
    row.add(text(prediction.get("score")));
    row.add(Instant.ofEpochMilli(PredictionLog.timeMillis(prediction)).toString());
    csv.writeRecord(row);
    rows++;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  long rows() {
    return rows;
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
