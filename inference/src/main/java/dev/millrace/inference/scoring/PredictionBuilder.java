package dev.millrace.inference.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.inference.onnx.Scored;
import dev.millrace.inference.rows.FeatureVector;
import dev.millrace.inference.waiting.CleanEvent;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.ReadyEvent;
import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.ShadowScore;
import dev.millrace.schemas.inputs.InputValues.Value;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.FeedbackSchemas;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Builds the records of the predictions topic: the score and everything it was computed from. */
final class PredictionBuilder {
  private final @Nullable Model model;
  private final @Nullable ChampionModel champion;
  private final EventFields fields;
  private final int partition;
  private final Schema schema;
  private final Schema inputsSchema;
  private final Schema slicesSchema;
  private final Schema vectorSchema;
  private final @Nullable Schema contextSchema;
  private final boolean hasLookups;

  /**
   * @param partition of the events
   */
  PredictionBuilder(Pipeline pipeline, @Nullable ChampionModel champion, int partition) {
    this.model = pipeline.model();
    this.champion = champion;
    this.fields = new EventFields(pipeline.scored());
    this.partition = partition;
    this.schema = PipelineSchemas.prediction(pipeline);
    this.inputsSchema = schema.getField("inputs").schema();
    this.slicesSchema = schema.getField("slices").schema();
    this.vectorSchema = schema.getField("vector").schema();
    Schema.Field context = schema.getField(FeedbackSchemas.CONTEXT);
    this.contextSchema = context == null ? null : context.schema();
    this.hasLookups = !pipeline.lookups().isEmpty();
  }

  /**
   * The prediction of an event.
   *
   * @param publishedAtMillis null: not known
   * @param inputs as the model received them
   * @param score null: the pipeline collects
   * @param compared what the shadow made of the same inputs; null: there is none
   */
  GenericRecord build(
      ReadyEvent ready,
      @Nullable Long publishedAtMillis,
      Value[] values,
      @Nullable Object[] inputs,
      @Nullable Double score,
      @Nullable Scored compared) {
    CleanEvent event = ready.event();
    GenericData.Record prediction = new GenericData.Record(schema);
    String id = fields.id(event.fields());
    prediction.put("event_id", id);
    prediction.put("key", new String(event.key(), UTF_8));
    prediction.put("event_time", event.timeMillis());
    prediction.put("published_at", publishedAtMillis);
    prediction.put("scored_at", ready.nowMillis());
    prediction.put("source", eventRef(id, event));
    putModel(prediction, score);
    if (compared != null && champion != null && champion.shadow() != null) {
      prediction.put("shadow", shadow(champion.shadow().version(), compared));
    }
    prediction.put("inputs", inputs(values, inputs));
    prediction.put("vector", vector(ready));
    prediction.put("slices", slices(event));
    if (contextSchema != null) {
      prediction.put(FeedbackSchemas.CONTEXT, context(contextSchema, event));
    }
    return prediction;
  }

  private void putModel(GenericRecord prediction, @Nullable Double score) {
    prediction.put("score", score);
    if (champion != null) {
      prediction.put("model", champion.name());
      prediction.put("model_version", champion.version());
      prediction.put("role", Role.CHAMPION);
      prediction.put("role_reason", "only model");
      prediction.put("positive", positive(score));
      return;
    }
    prediction.put("model", model == null ? null : model.name());
    prediction.put("role", Role.COLLECTING);
    prediction.put(
        "role_reason",
        model == null ? "the pipeline has no model" : "the pipeline's model has no path");
  }

  private GenericRecord shadow(String version, Scored scored) {
    GenericRecord shadow = new GenericData.Record(ShadowScore.getClassSchema());
    shadow.put("model_version", version);
    if (scored instanceof Scored.Score score) {
      shadow.put("score", score.value());
      shadow.put("positive", positive(score.value()));
    } else {
      // The text of a rejection has no limit: the cause keeps the record small.
      shadow.put("rejected", ((Scored.Rejected) scored).cause().name());
    }
    return shadow;
  }

  private @Nullable Object positive(@Nullable Double score) {
    return score == null || model == null || model.positive() == null
        ? null
        : model.positive().evaluate(Map.of("score", score));
  }

  private GenericRecord eventRef(String id, CleanEvent event) {
    GenericRecord eventRef = new GenericData.Record(EventRef.getClassSchema());
    eventRef.put("event_id", id);
    eventRef.put("event_time", event.timeMillis());
    eventRef.put("partition", partition);
    eventRef.put("offset", event.offset());
    return eventRef;
  }

  private GenericRecord inputs(Value[] values, @Nullable Object[] inputs) {
    GenericRecord record = new GenericData.Record(inputsSchema);
    for (int i = 0; i < values.length; i++) {
      GenericRecord input = new GenericData.Record(inputsSchema.getFields().get(i).schema());
      input.put(0, inputs[i]);
      input.put(1, values[i].status());
      input.put(2, values[i].ageMillis());
      record.put(i, input);
    }
    return record;
  }

  /** An event without lookups misses nothing. */
  private GenericRecord vector(ReadyEvent ready) {
    FeatureVector vector = ready.vector();
    GenericRecord record = new GenericData.Record(vectorSchema);
    record.put("wait", ready.waitResult());
    record.put("complete", vector == null ? !hasLookups : vector.complete());
    return record;
  }

  /** The fields of the event that views of predictions and outcomes use. */
  private static GenericRecord context(Schema schema, CleanEvent event) {
    GenericRecord record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      Object value = Fields.value(event.fields(), field.name());
      record.put(
          field.pos(), value instanceof Instant time ? Fields.raw(field.schema(), time) : value);
    }
    return record;
  }

  private GenericRecord slices(CleanEvent event) {
    GenericRecord record = new GenericData.Record(slicesSchema);
    for (Schema.Field slice : slicesSchema.getFields()) {
      record.put(slice.pos(), EventFields.text(event.fields(), slice.name()));
    }
    return record;
  }
}
