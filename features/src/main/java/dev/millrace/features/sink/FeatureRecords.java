package dev.millrace.features.sink;

import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/** The record {@code features} of a vector or a row. */
final class FeatureRecords {
  private FeatureRecords() {}

  /**
   * The record of these features.
   *
   * @param parent the schema of the record that contains it
   * @param features in the order of the view's definition
   */
  static GenericData.Record of(Schema parent, @Nullable Object[] features) {
    Schema schema = Objects.requireNonNull(parent.getField("features")).schema();
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < features.length; i++) {
      record.put(i, features[i]);
    }
    return record;
  }
}
