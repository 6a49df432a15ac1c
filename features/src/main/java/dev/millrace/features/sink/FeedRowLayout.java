package dev.millrace.features.sink;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A row of the online store as a record of its view's feature topic, keyed by entity. Its timestamp
 * is the time of writing, so that compaction follows the wall clock in a replay, too; the time that
 * it is as of is in a header.
 */
public final class FeedRowLayout implements RecordLayout<FeedRow> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;

  /**
   * @param schema of the view's feature topic
   */
  public FeedRowLayout(Schema schema) {
    this.schema = schema;
  }

  @Override
  public String key(FeedRow row) {
    return row.entity();
  }

  @Override
  public @Nullable IndexedRecord value(FeedRow row) {
    @Nullable Object[] features = row.features();
    if (features == null) {
      return null;
    }
    GenericData.Record value = new GenericData.Record(schema);
    value.put("entity", row.entity());
    value.put("as_of", row.asOfMillis());
    value.put("sequence", row.sequence());
    value.put("newest", row.newestMillis());
    value.put("features", FeatureRecords.of(schema, features));
    return value;
  }

  @Override
  public void addHeaders(FeedRow row, Headers headers) {
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, row.asOfMillis());
  }
}
