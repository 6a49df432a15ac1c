package dev.millrace.inference.rows;

import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A feature row.
 *
 * @param eventRef of the event that produced the row, as Avro
 * @param features in the order of the view
 */
public record Row(GenericRecord eventRef, GenericRecord features) {
  private static final int EVENT_ID = position("event_id");
  private static final int EVENT_TIME = position("event_time");
  private static final int PARTITION = position("partition");
  private static final int OFFSET = position("offset");

  /** Reads a {@code FeatureRow}. */
  public static Row of(GenericRecord featureRow) {
    return new Row(
        (GenericRecord) featureRow.get("event"), (GenericRecord) featureRow.get("features"));
  }

  /**
   * Whether the row's event is in the late topic, so that its offset is not one of the clean topic.
   */
  public static boolean isOfLateEvent(Headers headers) {
    return WireHeaders.isTrue(headers, WireHeaders.LATE);
  }

  /** The time of a tombstone, epoch millis; one without a time is newer than every row. */
  public static long tombstoneTime(Headers headers) {
    return WireHeaders.rowTime(headers, Long.MAX_VALUE);
  }

  private static int position(String field) {
    Schema schema = EventRef.getClassSchema();
    return schema.getField(field).pos();
  }

  public String eventId() {
    return eventRef.get(EVENT_ID).toString();
  }

  /** Event time, epoch millis. */
  public long timeMillis() {
    return (long) eventRef.get(EVENT_TIME);
  }

  public int partition() {
    return (int) eventRef.get(PARTITION);
  }

  public long offset() {
    return (long) eventRef.get(OFFSET);
  }
}
