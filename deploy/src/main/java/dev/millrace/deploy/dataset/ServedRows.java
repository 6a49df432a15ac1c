package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.RowColumns;
import dev.millrace.deploy.dataset.rows.RowJoin;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;

/** Rows as they were served: the predictions. */
final class ServedRows implements RowReader {
  private final TopicRecords predictions;
  private final Schema schema;
  private long newestMillis;

  /**
   * @param schema of predictions
   */
  ServedRows(TopicRecords predictions, Schema schema) {
    this.predictions = predictions;
    this.schema = schema;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public long offsets() {
    return predictions.offsets();
  }

  @Override
  public void read(RowJoin join, Path temporary) {
    predictions.read(
        schema,
        (at, prediction) -> {
          newestMillis = Math.max(newestMillis, (Long) prediction.get(RowColumns.EVENT_TIME));
          join.prediction(prediction);
        });
  }

  @Override
  public Instant newestEvent() {
    return Instant.ofEpochMilli(newestMillis);
  }

  @Override
  public List<Manifest.Topic> topics() {
    return List.of(predictions.toManifest());
  }

  @Override
  public long undecodable() {
    return predictions.undecodable();
  }
}
