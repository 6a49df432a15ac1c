package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code features}. */
final class FeatureViewReader {
  private static final String FOREVER = "forever";

  private static final KeySpec<ValueSpec.Text> FROM =
      KeySpec.required("from", KnownSources.FORM, "the source whose events are aggregated");
  private static final KeySpec<ValueSpec.Text> ENTITY =
      KeySpec.required(
          "entity",
          SchemaFields.FORM,
          "the field that identifies an entity; the scored source has a field of the same name");
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
          "how long a scored event waits for its feature row: a duration, or forever");
  private static final KeySpec<ValueSpec.ListOf> AGGREGATES =
      KeySpec.required(
          "aggregates",
          new ValueSpec.ListOf(AggregateReader.FORM, false, "a list of aggregates"),
          "a list of aggregates");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(FROM, ENTITY, TTL, WAIT, AGGREGATES);

  private static final Wait DEFAULT_WAIT =
      Wait.atMost(
          Objects.requireNonNull(Durations.parse(Objects.requireNonNull(WAIT.defaultValue()))));

  private FeatureViewReader() {}

  /**
   * Reads a view.
   *
   * @param scored null if it is unknown
   * @return null if its source is unknown
   */
  static @Nullable FeatureView read(
      String name, YamlValue value, KnownSources sources, @Nullable Source scored) {
    Names.check(name, value, Names.TAKEN_BY_CEL);
    YamlMapping mapping = value.mapping(FORM);
    Source from = sources.find(mapping.value(FROM));
    YamlValue entity = mapping.value(ENTITY);
    Duration ttl = mapping.durationOrNull(TTL);
    Wait rowWait = rowWait(mapping.value(WAIT));
    YamlValue aggregates = mapping.value(AGGREGATES);
    mapping.close();
    if (from == null) {
      return null;
    }
    String entityField = SchemaFields.field(entity, from.schema(), SchemaFields.KEYS);
    if (entity != null && entityField != null && scored != null) {
      checkLookup(entity, entityField, scored);
    }
    AggregateReader reader = new AggregateReader(from, ttl);
    if (aggregates != null) {
      aggregates.list(AGGREGATES.form()).forEach(reader::read);
    }
    List<Feature> features = reader.features();
    return new FeatureView(
        name, from.name(), entityField == null ? "" : entityField, ttl, rowWait, features);
  }

  private static void checkLookup(YamlValue entity, String field, Source scored) {
    Schema.Field lookup = scored.schema().getField(field);
    if (lookup == null) {
      entity.wrong(
          "the scored source '" + scored.name() + "' has no field '" + field + "' to look rows up",
          "a field that both have");
    } else if (!SchemaFields.KEYS.contains(Fields.withoutNull(lookup.schema()).getType())) {
      entity.wrong(
          "in the scored source '" + scored.name() + "', " + SchemaFields.typeOf(lookup),
          "a field that is a string, enum, int, long or boolean in both");
    }
  }

  private static Wait rowWait(@Nullable YamlValue value) {
    if (value != null && value.isText(FOREVER)) {
      return Wait.forever();
    }
    Duration bound = value == null ? null : value.duration(WAIT.form());
    return bound == null ? DEFAULT_WAIT : Wait.atMost(bound);
  }
}
