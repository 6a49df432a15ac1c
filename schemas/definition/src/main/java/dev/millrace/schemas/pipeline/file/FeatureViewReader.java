package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Join;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code features}. */
final class FeatureViewReader {
  private static final String FOREVER = "forever";

  private static final KeySpec<ValueSpec.Text> FROM =
      KeySpec.required("from", KnownSources.FORM, "the source whose events are aggregated");
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
  private static final KeySpec<ValueSpec.ListOf> AGGREGATES =
      KeySpec.required(
          "aggregates",
          new ValueSpec.ListOf(AggregateReader.FORM, false, "a list of aggregates"),
          "a list of aggregates");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(FROM, ENTITY, TTL, WAIT, JOIN, AGGREGATES);

  private static final Wait DEFAULT_WAIT =
      Wait.atMost(
          Objects.requireNonNull(Durations.parse(Objects.requireNonNull(WAIT.defaultValue()))));

  private FeatureViewReader() {}

  /**
   * Reads a view.
   *
   * @param entities receives the value of the view's entity
   * @param joins receives the value of the view's join, if it has one
   * @return null if its source is unknown
   */
  static @Nullable FeatureView read(
      String name,
      YamlValue value,
      KnownSources sources,
      Map<String, YamlValue> entities,
      Map<String, YamlValue> joins) {
    Names.check(name, value, Names.TAKEN_BY_CEL);
    YamlMapping mapping = value.mapping(FORM);
    Source from = sources.find(mapping.value(FROM));
    YamlValue entity = mapping.value(ENTITY);
    Duration ttl = mapping.durationOrNull(TTL);
    Wait rowWait = rowWait(mapping.value(WAIT));
    Join join = mapping.constant(JOIN);
    YamlValue joinValue = mapping.value(JOIN);
    YamlValue aggregates = mapping.value(AGGREGATES);
    mapping.close();
    if (from == null) {
      return null;
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
    return new FeatureView(name, from.name(), key, ttl, rowWait, join, Duration.ZERO, features);
  }

  private static Wait rowWait(@Nullable YamlValue value) {
    if (value != null && value.isText(FOREVER)) {
      return Wait.forever();
    }
    Duration bound = value == null ? null : value.duration(WAIT.form());
    return bound == null ? DEFAULT_WAIT : Wait.atMost(bound);
  }
}
