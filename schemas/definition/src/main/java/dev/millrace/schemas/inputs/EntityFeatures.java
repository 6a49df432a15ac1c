package dev.millrace.schemas.inputs;

import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The features of an entity as of a time.
 *
 * @param asOfMillis event time; for those of a vector the time of its event
 * @param newestMillis event time of the entity's newest event as of then
 * @param features in the order of the view
 */
public record EntityFeatures(long asOfMillis, long newestMillis, GenericRecord features) {
  /**
   * Reads the record {@code lookups} of a vector: by the index of the lookup; null where the event
   * names no entity, or the entity has no events.
   *
   * @param timeMillis of the event
   */
  public static @Nullable EntityFeatures[] ofLookups(GenericRecord lookups, long timeMillis) {
    @Nullable EntityFeatures[] features =
        new @Nullable EntityFeatures[lookups.getSchema().getFields().size()];
    for (int i = 0; i < features.length; i++) {
      GenericRecord answer = (GenericRecord) lookups.get(i);
      features[i] = answer == null ? null : of(answer, timeMillis);
    }
    return features;
  }

  /** Reads a record that has the fields {@code newest} and {@code features}. */
  public static EntityFeatures of(GenericRecord record, long asOfMillis) {
    return new EntityFeatures(
        asOfMillis, (long) record.get("newest"), (GenericRecord) record.get("features"));
  }
}
