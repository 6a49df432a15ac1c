package dev.millrace.inference.rows;

import dev.millrace.schemas.inputs.EntityFeatures;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The features of one scored event.
 *
 * @param eventId of the event
 * @param offset of the event in the clean topic
 * @param timeMillis event time
 * @param complete whether every source had passed the event's time when they were computed
 * @param lookups by the index of the lookup; null: no entity, or no events of it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record FeatureVector(
    String eventId,
    long offset,
    long timeMillis,
    boolean complete,
    @Nullable EntityFeatures[] lookups) {

  /** Reads a {@code FeatureVector}. */
  public static FeatureVector of(GenericRecord vector) {
    GenericRecord event = (GenericRecord) vector.get("event");
    long timeMillis = (long) event.get("event_time");
    return new FeatureVector(
        event.get("event_id").toString(),
        (long) event.get("offset"),
        timeMillis,
        (boolean) vector.get("complete"),
        EntityFeatures.ofLookups((GenericRecord) vector.get("lookups"), timeMillis));
  }
}
