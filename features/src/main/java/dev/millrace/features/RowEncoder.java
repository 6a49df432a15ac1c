package dev.millrace.features;

import dev.millrace.schemas.codec.AvroEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/** Writes feature rows. For one thread: it fills the same records again and again. */
final class RowEncoder {
  private final AvroEncoder encoder;
  private final GenericData.Record row;
  private final GenericData.Record mark;
  private final GenericData.Record features;

  RowEncoder(AvroEncoder encoder, Schema schema) {
    this.encoder = encoder;
    this.row = new GenericData.Record(schema);
    this.mark = new GenericData.Record(schema.getField("event").schema());
    this.features = new GenericData.Record(schema.getField("features").schema());
    row.put("event", mark);
    row.put("features", features);
  }

  /**
   * @param values the features in the order of the view
   */
  EncodedRow encode(ViewEvent event, @Nullable Object[] values) {
    row.put("entity", event.entity());
    mark.put("event_id", event.eventId());
    mark.put("event_time", event.time());
    mark.put("partition", event.partition());
    mark.put("offset", event.offset());
    for (int i = 0; i < values.length; i++) {
      features.put(i, values[i]);
    }
    return new EncodedRow(key(event.entity()), encoder.encode(row), event.time(), event.late());
  }

  /** Says that as of that time nothing of the entity is left. */
  static EncodedRow tombstone(String entity, long time) {
    return new EncodedRow(key(entity), null, time, false);
  }

  private static byte[] key(String entity) {
    return entity.getBytes(StandardCharsets.UTF_8);
  }
}
