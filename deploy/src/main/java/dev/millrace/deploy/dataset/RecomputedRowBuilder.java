package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.RowColumns;
import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.inputs.InputValues;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Builds a row from a scored event and its features: a prediction without a model's part. */
final class RecomputedRowBuilder {
  private static final List<String> FIELDS =
      List.of(RowColumns.EVENT_ID, "key", RowColumns.EVENT_TIME, "source", "inputs", "slices");

  private final Pipeline pipeline;
  private final InputValues inputs;
  private final Schema schema;

  RecomputedRowBuilder(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.inputs = new InputValues(pipeline);
    this.schema = schema(PipelineSchemas.prediction(pipeline));
  }

  private static Schema schema(Schema prediction) {
    Schema vector =
        SchemaBuilder.record("RecomputedVector")
            .namespace(prediction.getNamespace())
            .fields()
            .requiredBoolean(RowColumns.COMPLETE)
            .endRecord();
    List<Schema.Field> fields =
        new ArrayList<>(
            FIELDS.stream()
                .map(prediction::getField)
                .map(field -> new Schema.Field(field, field.schema()))
                .toList());
    fields.add(new Schema.Field("vector", vector));
    return Schema.createRecord(
        "RecomputedRow", prediction.getDoc(), prediction.getNamespace(), false, fields);
  }

  /** The schema of the rows: fields of predictions, without those of model and score. */
  Schema schema() {
    return schema;
  }

  /** The time of an event. */
  long timeMillis(GenericRecord event) {
    if (Fields.value(event, pipeline.scored().time()) instanceof Instant time) {
      return time.toEpochMilli();
    }
    throw new IllegalStateException("a clean event has no time: " + event);
  }

  /**
   * The row of an event.
   *
   * @param at the event's record
   * @param features by lookup
   * @param complete whether all sources had passed the event's time
   */
  GenericRecord build(
      ConsumerRecord<byte[], byte[]> at,
      GenericRecord event,
      @Nullable EntityFeatures[] features,
      boolean complete) {
    long timeMillis = timeMillis(event);
    String id = String.valueOf(text(event, pipeline.scored().id()));
    GenericRecord row = new GenericData.Record(schema);
    row.put(RowColumns.EVENT_ID, id);
    row.put("key", new String(at.key(), StandardCharsets.UTF_8));
    row.put(RowColumns.EVENT_TIME, timeMillis);
    row.put("source", source(id, timeMillis, at));
    row.put("inputs", inputs(inputs.read(event, timeMillis, features)));
    row.put("slices", slices(event));
    GenericRecord vector = new GenericData.Record(schema.getField("vector").schema());
    vector.put(RowColumns.COMPLETE, complete);
    row.put("vector", vector);
    return row;
  }

  private static GenericRecord source(String id, long timeMillis, ConsumerRecord<?, ?> at) {
    GenericRecord source = new GenericData.Record(EventRef.getClassSchema());
    source.put("event_id", id);
    source.put("event_time", timeMillis);
    source.put("partition", at.partition());
    source.put("offset", at.offset());
    return source;
  }

  private GenericRecord inputs(InputValues.Value[] values) {
    Schema inputsSchema = schema.getField("inputs").schema();
    GenericRecord record = new GenericData.Record(inputsSchema);
    for (int i = 0; i < values.length; i++) {
      GenericRecord input = new GenericData.Record(inputsSchema.getFields().get(i).schema());
      input.put("value", values[i].value());
      input.put("status", values[i].status());
      input.put("age_millis", values[i].ageMillis());
      record.put(i, input);
    }
    return record;
  }

  private GenericRecord slices(GenericRecord event) {
    GenericRecord record = new GenericData.Record(schema.getField("slices").schema());
    for (Schema.Field slice : record.getSchema().getFields()) {
      record.put(slice.pos(), text(event, slice.name()));
    }
    return record;
  }

  private static @Nullable String text(GenericRecord event, String field) {
    Object value = Fields.value(event, field);
    return value == null ? null : value.toString();
  }
}
