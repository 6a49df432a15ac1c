package dev.millrace.inference.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.inputs.EntityFeatures;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Keeps the part of each vector that is the newest row of the event's own entity.
 *
 * @param lookup index of the lookup
 * @param schema of the view's rows
 */
public record VectorRows(int lookup, Schema schema, AvroEncoder encoder, NewestRows newest) {
  /**
   * Added to the offset of the event. It is older than every row of the feature topic that is as of
   * the same time: the features job writes such a row only if it contains more than the vector.
   */
  private static final long FIRST_SEQUENCE = Long.MIN_VALUE;

  /** Offers the row to the store, if the vector has one. */
  public void offer(byte[] key, FeatureVector vector) {
    EntityFeatures answer = vector.lookups()[lookup];
    if (answer == null) {
      return;
    }
    long sequence = FIRST_SEQUENCE + vector.offset();
    GenericRecord row = new GenericData.Record(schema);
    row.put("entity", new String(key, UTF_8));
    row.put("as_of", vector.timeMillis());
    row.put("sequence", sequence);
    row.put("newest", answer.newestMillis());
    row.put("features", answer.features());
    newest.offer(key, vector.timeMillis(), sequence, encoder.encode(row));
  }
}
