package dev.millrace.schemas.topics;

import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** The parts of predictions and outcomes that exist for the views that are made of them. */
public final class FeedbackSchemas {
  /** The field of predictions and outcomes with the fields of the scored event that views use. */
  public static final String CONTEXT = "context";

  private static final Set<String> READ =
      Set.of(
          "event_id",
          "event_time",
          "source",
          Feedback.SCORE,
          Feedback.POSITIVE,
          Feedback.LABEL,
          "label_time",
          Feedback.LABEL_STATUS,
          CONTEXT);

  private FeedbackSchemas() {}

  /** The topic of predictions or of outcomes. */
  public static String topic(Pipeline pipeline, Feedback feedback) {
    return switch (feedback) {
      case PREDICTIONS -> Topics.predictions(pipeline);
      case OUTCOMES -> Topics.outcomes(pipeline);
    };
  }

  /**
   * The fields of predictions or outcomes that views read: the event with its time and position,
   * score and label, and the {@link #CONTEXT}.
   */
  public static Schema read(Pipeline pipeline, Feedback feedback) {
    Schema full =
        switch (feedback) {
          case PREDICTIONS -> PipelineSchemas.prediction(pipeline);
          case OUTCOMES -> PipelineSchemas.outcome(pipeline);
        };
    List<Schema.Field> fields =
        full.getFields().stream()
            .filter(field -> READ.contains(field.name()))
            .map(field -> new Schema.Field(field, field.schema()))
            .toList();
    return Schema.createRecord(full.getName(), null, full.getNamespace(), false, fields);
  }

  /** Adds the {@link #CONTEXT}; without views of predictions and outcomes there is none. */
  static SchemaBuilder.FieldAssembler<Schema> context(
      SchemaBuilder.FieldAssembler<Schema> fields, Pipeline pipeline) {
    if (pipeline.contextFields().isEmpty()) {
      return fields;
    }
    SchemaBuilder.FieldAssembler<Schema> context =
        SchemaBuilder.record("Context").namespace(PipelineSchemas.namespace(pipeline)).fields();
    Map<String, @Nullable Object> absent = new TreeMap<>();
    for (String name : pipeline.contextFields()) {
      context =
          context.name(name).type(Feedback.contextType(pipeline.scored(), name)).withDefault(null);
      absent.put(name, null);
    }
    return fields.name(CONTEXT).type(context.endRecord()).withDefault(absent);
  }
}
