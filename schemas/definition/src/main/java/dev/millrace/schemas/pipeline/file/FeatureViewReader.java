package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Join;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.Wait;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code features}. */
final class FeatureViewReader {
  private static final String FOREVER = "forever";

  private static final KeySpec<ValueSpec.Text> FROM =
      KeySpec.required(
          "from",
          KnownSources.FORM,
          "the source whose events are aggregated, or predictions or outcomes for those of the pipeline itself");
  private static final KeySpec<ValueSpec.TextOrList> ENTITY =
      KeySpec.required(
          "entity",
          EntityKeyReader.FORM,
          "the field that identifies an entity, or a list of several that do so together; scored events look it up by fields of the same names, or as lookups says");
  private static final KeySpec<ValueSpec.Time> TTL =
      KeySpec.optional(
          "ttl",
          ValueSpec.Time.POSITIVE,
          "age of a feature row from which on it is not used; without it, rows of any age are");
  private static final KeySpec<ValueSpec.Time> WAIT =
      KeySpec.optional(
          "wait",
          new ValueSpec.Time(true, FOREVER),
          "200ms",
          "how long a scored event waits for these features: a duration, or forever");
  private static final KeySpec<ValueSpec.Constant<Join>> JOIN =
      KeySpec.optional(
          "join",
          new ValueSpec.Constant<>(Join.class),
          "replicated",
          "where the online store keeps the rows of entities that are not the key of the scored events: all rows in every instance, or each row in one");
  private static final KeySpec<ValueSpec.Time> DELAY =
      KeySpec.optional(
          "delay",
          ValueSpec.Time.POSITIVE,
          "1s",
          "event time after which a prediction or an outcome counts, only for views of these; it bounds the speed of an aligned replay");
  private static final KeySpec<ValueSpec.ListOf> AGGREGATES =
      KeySpec.required(
          "aggregates",
          new ValueSpec.ListOf(AggregateReader.FORM, false, "a list of aggregates"),
          "a list of aggregates");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(FROM, ENTITY, TTL, WAIT, JOIN, DELAY, AGGREGATES);

  private static final Wait DEFAULT_WAIT =
      Wait.atMost(
          Objects.requireNonNull(Durations.parse(Objects.requireNonNull(WAIT.defaultValue()))));

  private final KnownSources sources;
  private final @Nullable Source scored;
  private final boolean hasLabels;
  private final @Nullable Labels labels;
  private final Map<String, YamlValue> entities = new HashMap<>();
  private final Map<String, YamlValue> origins = new HashMap<>();
  private final Map<String, YamlValue> joins = new HashMap<>();

  /**
   * @param scored null if it has a mistake
   * @param hasLabels whether the file has labels
   * @param labels null if it has none or they have a mistake
   */
  FeatureViewReader(
      KnownSources sources, @Nullable Source scored, boolean hasLabels, @Nullable Labels labels) {
    this.sources = sources;
    this.scored = scored;
    this.hasLabels = hasLabels;
    this.labels = labels;
  }

  /** The values of the entities of the views that were read, by view. */
  Map<String, YamlValue> entities() {
    return entities;
  }

  /** The values of {@code join} of the views that were read, by view; without those without it. */
  Map<String, YamlValue> joins() {
    return joins;
  }

  /** The values of {@code from} of the views that were read, by view. */
  Map<String, YamlValue> origins() {
    return origins;
  }

  /**
   * Reads a view.
   *
   * @return null if its source is unknown
   */
  @Nullable FeatureView read(String name, YamlValue value) {
    Names.check(name, value, Names.TAKEN_BY_CEL);
    YamlMapping mapping = value.mapping(FORM);
    YamlValue fromValue = mapping.value(FROM);
    Source from = sources.findOfView(fromValue, scored, hasLabels, labels);
    YamlValue entity = mapping.value(ENTITY);
    Duration ttl = mapping.durationOrNull(TTL);
    Wait rowWait = rowWait(mapping.value(WAIT));
    Join join = mapping.constant(JOIN);
    YamlValue joinValue = mapping.value(JOIN);
    YamlValue delayValue = mapping.value(DELAY);
    Duration delay = mapping.duration(DELAY);
    YamlValue aggregates = mapping.value(AGGREGATES);
    mapping.close();
    if (from == null || fromValue == null) {
      return null;
    }
    origins.put(name, fromValue);
    boolean feedback = Feedback.of(from.name()) != null;
    if (delayValue != null && !feedback) {
      delayValue.wrong(
          "view '%s' is made of a source of producers, whose events count from their own time"
              .formatted(name),
          "no delay; it is for views of predictions and outcomes");
    }
    EntityKey key = EntityKeyReader.read(entity, from.schema());
    if (entity != null) {
      entities.put(name, entity);
    }
    if (joinValue != null) {
      joins.put(name, joinValue);
    }
    AggregateReader reader = new AggregateReader(from, ttl);
    if (aggregates != null) {
      aggregates.list(AGGREGATES.form()).forEach(reader::read);
    }
    List<Feature> features = reader.features();
    return new FeatureView(
        name, from.name(), key, ttl, rowWait, join, feedback ? delay : Duration.ZERO, features);
  }

  private static Wait rowWait(@Nullable YamlValue value) {
    if (value != null && value.isText(FOREVER)) {
      return Wait.forever();
    }
    Duration bound = value == null ? null : value.duration(WAIT.form());
    return bound == null ? DEFAULT_WAIT : Wait.atMost(bound);
  }
}
