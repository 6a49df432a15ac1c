package dev.millrace.features.sink;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A question with all its answers as a record of the vectors' topic: on the partition of its event
 * and with its key. The timestamp is the time of writing, so that retention follows the wall clock
 * in a replay, too.
 */
public final class VectorLayout implements RecordLayout<Question> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;
  private final Schema eventSchema;
  private final Schema lookupsSchema;

  /**
   * @param schema of the vectors' topic
   */
  public VectorLayout(Schema schema) {
    this.schema = schema;
    this.eventSchema = Objects.requireNonNull(schema.getField("event")).schema();
    this.lookupsSchema = Objects.requireNonNull(schema.getField("lookups")).schema();
  }

  @Override
  public String key(Question question) {
    return question.key();
  }

  @Override
  public Integer partition(Question question) {
    return question.partition();
  }

  @Override
  public IndexedRecord value(Question question) {
    GenericData.Record lookups = new GenericData.Record(lookupsSchema);
    for (int i = 0; i < question.parts().length; i++) {
      Part part = question.parts()[i];
      if (part != null) {
        lookups.put(i, answer(lookupsSchema.getFields().get(i).schema(), part));
      }
    }
    return vector(question, question.complete(), lookups);
  }

  /** Without answers, so that the event does not wait for its vector. */
  @Override
  public IndexedRecord shortened(Question question) {
    return vector(question, false, new GenericData.Record(lookupsSchema));
  }

  private IndexedRecord vector(Question question, boolean complete, GenericData.Record lookups) {
    GenericData.Record event = new GenericData.Record(eventSchema);
    event.put("event_id", question.eventId());
    event.put("event_time", question.timeMillis());
    event.put("partition", question.partition());
    event.put("offset", question.offset());
    GenericData.Record vector = new GenericData.Record(schema);
    vector.put("event", event);
    vector.put("complete", complete);
    vector.put("lookups", lookups);
    return vector;
  }

  private static IndexedRecord answer(Schema nullable, Part part) {
    List<Schema> types = nullable.getTypes();
    Schema type = types.get(types.get(0).getType() == Schema.Type.NULL ? 1 : 0);
    GenericData.Record answer = new GenericData.Record(type);
    answer.put("newest", part.newestMillis());
    answer.put("features", FeatureRecords.of(type, part.features()));
    return answer;
  }

  @Override
  public void addHeaders(Question question, Headers headers) {
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, question.timeMillis());
  }
}
