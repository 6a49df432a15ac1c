package dev.millrace.schemas.topics;

import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.avro.LabelStatus;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.ShadowScore;
import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The Avro schemas that a pipeline's definition determines. Features and inputs are named fields,
 * so any Avro consumer reads them by name. Every such field has a default: adding one keeps the
 * subject BACKWARD compatible.
 */
public final class PipelineSchemas {
  private PipelineSchemas() {}

  /**
   * A row of the online store: the features of an entity as of a time.
   *
   * <p>{@code newest} is the time of the entity's newest event; {@code sequence} grows with each
   * row of the entity and {@code as_of} never goes back, so that the newest row is the one with the
   * greatest {@code (as_of, sequence)}.
   */
  public static Schema entityRow(Pipeline pipeline, FeatureView view) {
    return SchemaBuilder.record("EntityRow")
        .namespace(namespace(pipeline) + "." + view.name())
        .fields()
        .requiredString("entity")
        .name("as_of")
        .type(timestamp())
        .noDefault()
        .requiredLong("sequence")
        .name("newest")
        .type(timestamp())
        .noDefault()
        .name("features")
        .type(features(pipeline, view))
        .noDefault()
        .endRecord();
  }

  /**
   * The features of one scored event: {@code event}, {@code complete} and the record {@code
   * lookups} with a field for each lookup. That is null if the event names no entity or the entity
   * has no events, and otherwise a record of {@code newest}, the time of the entity's newest event
   * as of the scored one, and {@code features}.
   */
  public static Schema vector(Pipeline pipeline) {
    Map<String, Schema> values = new HashMap<>();
    SchemaBuilder.FieldAssembler<Schema> lookups =
        SchemaBuilder.record("Lookups").namespace(namespace(pipeline)).fields();
    for (Lookup lookup : pipeline.lookups().values()) {
      Schema ofView =
          values.computeIfAbsent(
              lookup.view().name(),
              unused ->
                  SchemaBuilder.record("EntityFeatures")
                      .namespace(namespace(pipeline) + "." + lookup.view().name())
                      .fields()
                      .name("newest")
                      .type(timestamp())
                      .noDefault()
                      .name("features")
                      .type(features(pipeline, lookup.view()))
                      .noDefault()
                      .endRecord());
      lookups = lookups.name(lookup.name()).type(nullable(ofView)).withDefault(null);
    }
    return SchemaBuilder.record("FeatureVector")
        .namespace(namespace(pipeline))
        .fields()
        .name("event")
        .type(EventRef.getClassSchema())
        .noDefault()
        .requiredBoolean("complete")
        .name("lookups")
        .type(lookups.endRecord())
        .noDefault()
        .endRecord();
  }

  private static Schema features(Pipeline pipeline, FeatureView view) {
    String namespace = namespace(pipeline) + "." + view.name();
    SchemaBuilder.FieldAssembler<Schema> features =
        SchemaBuilder.record("Features").namespace(namespace).fields();
    for (Feature feature : view.features()) {
      boolean always = feature.operation().ofNothing() != null;
      features =
          switch (feature.type()) {
            case LONG ->
                always
                    ? features.name(feature.name()).type().longType().longDefault(0)
                    : optional(features, feature.name(), Schema.Type.LONG);
            case DOUBLE -> optional(features, feature.name(), Schema.Type.DOUBLE);
            case STRING -> optional(features, feature.name(), Schema.Type.STRING);
            case BOOLEAN -> optional(features, feature.name(), Schema.Type.BOOLEAN);
          };
    }
    return features.endRecord();
  }

  /** The record that is written for each scored event. */
  public static Schema prediction(Pipeline pipeline) {
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Prediction").namespace(namespace(pipeline)).fields();
    fields = event(fields);
    fields = fields.name("published_at").type(nullable(timestamp())).withDefault(null);
    fields = fields.name("scored_at").type(timestamp()).noDefault();
    fields = scoring(fields, pipeline);
    fields =
        fields
            .name("vector")
            .type(vectorUse(pipeline))
            .withDefault(
                // Sorted, since Map.of has another order, and so another text, in each process.
                new TreeMap<>(Map.of("wait", WaitResult.NOT_AWAITED.name(), "complete", false)))
            .name("slices")
            .type(slices(pipeline))
            .noDefault();
    return FeedbackSchemas.context(fields, pipeline).endRecord();
  }

  /** A prediction's inputs and score joined to its label: one training row. */
  public static Schema outcome(Pipeline pipeline) {
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Outcome").namespace(namespace(pipeline)).fields();
    fields = scoring(event(fields), pipeline);
    fields =
        fields
            .name("slices")
            .type(slices(pipeline))
            .noDefault()
            .requiredDouble("label")
            .name("label_time")
            .type(nullable(timestamp()))
            .withDefault(null)
            .name("label_status")
            .type(LabelStatus.getClassSchema())
            .noDefault();
    return FeedbackSchemas.context(fields, pipeline).endRecord();
  }

  private static SchemaBuilder.FieldAssembler<Schema> event(
      SchemaBuilder.FieldAssembler<Schema> fields) {
    return fields
        .requiredString("event_id")
        .requiredString("key")
        .name("event_time")
        .type(timestamp())
        .noDefault()
        .name("source")
        .type(EventRef.getClassSchema())
        .noDefault();
  }

  private static SchemaBuilder.FieldAssembler<Schema> scoring(
      SchemaBuilder.FieldAssembler<Schema> fields, Pipeline pipeline) {
    return fields
        .optionalString("model")
        .optionalString("model_version")
        .name("role")
        .type(Role.getClassSchema())
        .noDefault()
        .requiredString("role_reason")
        .optionalDouble("score")
        .optionalBoolean("positive")
        .name("shadow")
        .type(nullable(ShadowScore.getClassSchema()))
        .withDefault(null)
        .name("inputs")
        .type(inputs(pipeline))
        .noDefault();
  }

  private static Schema inputs(Pipeline pipeline) {
    String namespace = namespace(pipeline);
    Map<InputType, Schema> types =
        Map.of(
            InputType.NUMBER, input(namespace, "NumberInput", Schema.Type.DOUBLE),
            InputType.INTEGER, input(namespace, "IntegerInput", Schema.Type.LONG),
            InputType.TEXT, input(namespace, "TextInput", Schema.Type.STRING),
            InputType.BOOLEAN, input(namespace, "BooleanInput", Schema.Type.BOOLEAN));
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Inputs").namespace(namespace).fields();
    for (ModelInput input : pipeline.inputs()) {
      fields =
          fields
              .name(input.name())
              .type(types.get(input.type()))
              .withDefault(absent(FeatureStatus.NOT_FOUND.name()));
    }
    return fields.endRecord();
  }

  /**
   * Avro takes a record's default as a map; this one holds nulls, which {@code Map.of} does not
   * allow.
   */
  private static Map<String, @Nullable Object> absent(String status) {
    Map<String, @Nullable Object> value = new TreeMap<>();
    value.put("value", null);
    value.put("status", status);
    value.put("age_millis", null);
    return value;
  }

  private static Schema input(String namespace, String name, Schema.Type type) {
    return SchemaBuilder.record(name)
        .namespace(namespace)
        .doc("A value as given to the model; age_millis: age of its features at the event's time.")
        .fields()
        .name("value")
        .type(nullable(Schema.create(type)))
        .withDefault(null)
        .name("status")
        .type(FeatureStatus.getClassSchema())
        .noDefault()
        .name("age_millis")
        .type(nullable(Schema.create(Schema.Type.LONG)))
        .withDefault(null)
        .endRecord();
  }

  private static Schema vectorUse(Pipeline pipeline) {
    return SchemaBuilder.record("VectorUse")
        .namespace(namespace(pipeline))
        .doc(
            "Whether the event was scored with its vector, and whether all sources had passed the event's time.")
        .fields()
        .name("wait")
        .type(WaitResult.getClassSchema())
        .noDefault()
        .requiredBoolean("complete")
        .endRecord();
  }

  private static Schema slices(Pipeline pipeline) {
    List<String> names = pipeline.labels() == null ? List.of() : pipeline.labels().slices();
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Slices").namespace(namespace(pipeline)).fields();
    for (String name : names) {
      fields = optional(fields, name, Schema.Type.STRING);
    }
    return fields.endRecord();
  }

  private static SchemaBuilder.FieldAssembler<Schema> optional(
      SchemaBuilder.FieldAssembler<Schema> fields, String name, Schema.Type type) {
    return fields.name(name).type(nullable(Schema.create(type))).withDefault(null);
  }

  private static Schema nullable(Schema schema) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
  }

  private static Schema timestamp() {
    return LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  }

  /** A pipeline's name may contain hyphens, an Avro namespace may not. */
  static String namespace(Pipeline pipeline) {
    return "dev.millrace." + pipeline.name().replace('-', '_');
  }
}
