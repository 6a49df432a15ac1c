package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a pipeline writes and that its own views may be made of, as if they were sources.
 * Their events have the scalar fields of the scored source, and fields of their own.
 */
public enum Feedback {
  /** The predictions: {@link #SCORE} and {@link #POSITIVE}. */
  PREDICTIONS,
  /** The outcomes: also {@link #LABEL} and {@link #LABEL_STATUS}. */
  OUTCOMES;

  /** The model's score, a double; null if the event was not scored. */
  public static final String SCORE = "score";

  /** Whether the score is positive; null as the score, or if the model does not say it. */
  public static final String POSITIVE = "positive";

  /** The label: boolean or double, as {@link Labels#value} is a condition or a number. */
  public static final String LABEL = "label";

  /** {@code OBSERVED} or {@code ASSUMED}. */
  public static final String LABEL_STATUS = "label_status";

  /** The topic that a view names as its source; null if that is a source of producers. */
  public static @Nullable Feedback of(String source) {
    for (Feedback feedback : values()) {
      if (feedback.sourceName().equals(source)) {
        return feedback;
      }
    }
    return null;
  }

  /** The name by which views refer to it. No source of producers has it. */
  public String sourceName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fields that are not those of the scored event. */
  public List<String> ownFields() {
    return this == PREDICTIONS
        ? List.of(SCORE, POSITIVE)
        : List.of(SCORE, POSITIVE, LABEL, LABEL_STATUS);
  }

  /**
   * The source as views see it. It has no topic of producers, and nothing of it is late: {@code
   * id}, {@code key} and {@code time} are those of the scored event.
   *
   * @param labels null: the label is a double
   */
  public Source source(Source scored, @Nullable Labels labels) {
    Type label = labels == null ? Type.DOUBLE : labels.value().resultType();
    return new Source(
        sourceName(),
        "",
        schema(scored, label),
        scored.id(),
        scored.key(),
        scored.time(),
        Duration.ZERO,
        LatePolicy.SCORE,
        scored.deduplicate(),
        Duration.ZERO,
        Map.of());
  }

  private Schema schema(Source scored, Type label) {
    String name = this == PREDICTIONS ? "ScoredEvent" : "LabeledEvent";
    SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record(name).fields();
    for (String field : Fields.types(scored.schema()).keySet()) {
      if (!ownFields().contains(field)) {
        fields = fields.name(field).type(contextType(scored, field)).withDefault(null);
      }
    }
    fields = fields.optionalDouble(SCORE).optionalBoolean(POSITIVE);
    if (this == OUTCOMES) {
      fields = label == Type.BOOLEAN ? fields.optionalBoolean(LABEL) : fields.optionalDouble(LABEL);
      fields = fields.optionalString(LABEL_STATUS);
    }
    return fields.endRecord();
  }

  /**
   * The type of a field of the scored event in predictions and outcomes: null or the type that
   * expressions use, so that a change of the event's schema from int to long changes nothing.
   */
  public static Schema contextType(Source scored, String field) {
    Schema own = Fields.withoutNull(scored.schema().getField(field).schema());
    Schema plain =
        switch (Fields.types(scored.schema()).getOrDefault(field, Type.STRING)) {
          case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
          case LONG -> Schema.create(Schema.Type.LONG);
          case DOUBLE -> Schema.create(Schema.Type.DOUBLE);
          case STRING -> Schema.create(Schema.Type.STRING);
          case TIMESTAMP -> own.getLogicalType().addToSchema(Schema.create(Schema.Type.LONG));
        };
    return Schema.createUnion(Schema.create(Schema.Type.NULL), plain);
  }

  /**
   * The fields of the scored event that the views of predictions and outcomes use, in the order of
   * its schema: those that predictions and outcomes contain beside their own.
   */
  static List<String> context(Source scored, Collection<FeatureView> views) {
    Set<String> used = new TreeSet<>();
    for (FeatureView view : views) {
      Feedback feedback = of(view.from());
      if (feedback != null) {
        used.addAll(view.entity().fields());
        references(view).filter(name -> !feedback.ownFields().contains(name)).forEach(used::add);
      }
    }
    List<String> fields = new ArrayList<>(Fields.types(scored.schema()).keySet());
    fields.retainAll(used);
    return List.copyOf(fields);
  }

  /** The fields that the features of a view name. */
  public static Stream<String> references(FeatureView view) {
    return view.features().stream()
        .flatMap(feature -> Stream.of(references(feature.input()), references(feature.where())))
        .flatMap(Set::stream);
  }

  private static Set<String> references(@Nullable Expression expression) {
    return expression == null ? Set.of() : expression.references();
  }
}
