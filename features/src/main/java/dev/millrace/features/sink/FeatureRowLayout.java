package dev.millrace.features.sink;

import dev.millrace.features.operator.FeatureRow;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A feature row as a Kafka record, keyed by entity. Its timestamp is the time of writing, so that
 * retention and compaction follow the wall clock in a replay, too; the event time is in a header.
 */
public final class FeatureRowLayout implements RecordLayout<FeatureRow> {
  private static final long serialVersionUID = 1L;

  private final Schema rowSchema;
  private final Schema eventSchema;
  private final Schema featuresSchema;

  /**
   * @param rowSchema of the view's feature topic
   */
  public FeatureRowLayout(Schema rowSchema) {
    this.rowSchema = rowSchema;
    this.eventSchema = Objects.requireNonNull(rowSchema.getField("event")).schema();
    this.featuresSchema = Objects.requireNonNull(rowSchema.getField("features")).schema();
  }

  @Override
  public String key(FeatureRow row) {
    return row.entity();
  }

  @Override
  public @Nullable IndexedRecord value(FeatureRow row) {
    if (row.isTombstone()) {
      return null;
    }
    GenericData.Record event = new GenericData.Record(eventSchema);
    event.put("event_id", row.eventId());
    event.put("event_time", row.timeMillis());
    event.put("partition", row.partition());
    event.put("offset", row.offset());
    GenericData.Record features = new GenericData.Record(featuresSchema);
    for (int i = 0; i < row.features().length; i++) {
      features.put(i, row.features()[i]);
    }
    GenericData.Record value = new GenericData.Record(rowSchema);
    value.put("entity", row.entity());
    value.put("event", event);
    value.put("features", features);
    return value;
  }

  @Override
  public void addHeaders(FeatureRow row, Headers headers) {
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, row.timeMillis());
    if (row.late()) {
      WireHeaders.put(headers, WireHeaders.LATE, "true");
    }
  }
}
