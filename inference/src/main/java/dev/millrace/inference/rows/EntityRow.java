package dev.millrace.inference.rows;

import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A row of the online store.
 *
 * @param asOfMillis event time that the features are as of
 * @param sequence orders the rows of an entity with the same time
 */
public record EntityRow(long asOfMillis, long sequence, EntityFeatures features) {
  /** Reads an {@code EntityRow}. */
  public static EntityRow of(GenericRecord row) {
    long asOfMillis = (long) row.get("as_of");
    return new EntityRow(
        asOfMillis, (long) row.get("sequence"), EntityFeatures.of(row, asOfMillis));
  }

  /** The time of a tombstone, epoch millis; one without a time is newer than every row. */
  public static long tombstoneTime(Headers headers) {
    return WireHeaders.rowTime(headers, Long.MAX_VALUE);
  }
}
