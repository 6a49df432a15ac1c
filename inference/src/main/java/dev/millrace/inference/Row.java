package dev.millrace.inference;

import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A feature row.
 *
 * @param mark of the event that made the row, as Avro
 * @param features by the view's order
 */
record Row(GenericRecord mark, GenericRecord features) {
  private static final int EVENT_ID = position("event_id");
  private static final int EVENT_TIME = position("event_time");
  private static final int PARTITION = position("partition");
  private static final int OFFSET = position("offset");

  /** Reads a {@code FeatureRow}. */
  static Row of(GenericRecord featureRow) {
    return new Row(
        (GenericRecord) featureRow.get("event"), (GenericRecord) featureRow.get("features"));
  }

  /** Whether the mark names an offset of the late topic. */
  static boolean isOfLateEvent(Headers headers) {
    return WireHeaders.isTrue(headers, WireHeaders.LATE);
  }

  /** The time of a tombstone, epoch millis; one that names none is newer than every row. */
  static long tombstoneTime(Headers headers) {
    return WireHeaders.rowTime(headers, Long.MAX_VALUE);
  }

  private static int position(String field) {
    Schema schema = EventRef.getClassSchema();
    return schema.getField(field).pos();
  }

  String eventId() {
    return mark.get(EVENT_ID).toString();
  }

  /** Epoch millis. */
  long time() {
    return (long) mark.get(EVENT_TIME);
  }

  int partition() {
    return (int) mark.get(PARTITION);
  }

  long offset() {
    return (long) mark.get(OFFSET);
  }
}
