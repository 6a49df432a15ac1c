package dev.millrace.inference.rows;

import org.apache.avro.generic.GenericRecord;

/**
 * The features of an entity as of a time.
 *
 * @param newestMillis event time of the entity's newest event as of then
 * @param features in the order of the view
 */
public record EntityFeatures(long newestMillis, GenericRecord features) {
  /** Reads a record that has the fields {@code newest} and {@code features}. */
  static EntityFeatures of(GenericRecord record) {
    return new EntityFeatures((long) record.get("newest"), (GenericRecord) record.get("features"));
  }
}
