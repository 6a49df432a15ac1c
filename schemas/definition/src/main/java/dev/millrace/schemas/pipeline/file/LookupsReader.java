package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Lookups;
import dev.millrace.schemas.pipeline.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads {@code lookups}, and adds one for each view that none of them names. */
final class LookupsReader {
  private static final KeySpec<ValueSpec.Text> VIEW =
      KeySpec.required("view", ValueSpec.Text.of("a feature view"), "the view that is looked up");
  private static final KeySpec<ValueSpec.TextOrList> KEY =
      KeySpec.required(
          "key",
          EntityKeyReader.FORM,
          "the field of the scored source that names the entity, or a list of as many as the view's entity has");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(VIEW, KEY);

  private final Map<String, FeatureView> views;
  private final Source scored;
  private final Set<String> broken;
  private final Map<String, Lookup> lookups = new LinkedHashMap<>();

  /**
   * @param broken names of views with mistakes; names of lookups with mistakes are added
   */
  LookupsReader(Map<String, FeatureView> views, Source scored, Set<String> broken) {
    this.views = views;
    this.scored = scored;
    this.broken = broken;
  }

  /**
   * Reads the lookups.
   *
   * @param value null if the file has none
   * @param entities the values of the views' entities
   */
  Map<String, Lookup> read(@Nullable YamlValue value, Map<String, YamlValue> entities) {
    if (value != null) {
      value.entries().forEach(this::lookup);
    }
    Set<String> named =
        lookups.values().stream().map(lookup -> lookup.view().name()).collect(Collectors.toSet());
    for (FeatureView view : views.values()) {
      YamlValue place = entities.get(view.name());
      if (!named.contains(view.name()) && place != null && !broken.contains(view.name())) {
        add(Lookups.ofView(view), place);
      }
    }
    return lookups;
  }

  private void lookup(String name, YamlValue value) {
    Names.check(name, value, Names.TAKEN_BY_CEL);
    YamlMapping mapping = value.mapping(FORM);
    YamlValue viewValue = mapping.value(VIEW);
    YamlValue keyValue = mapping.value(KEY);
    mapping.close();
    EntityKey key = EntityKeyReader.read(keyValue, scored.schema());
    String viewName = viewValue == null ? null : viewValue.text(VIEW.form());
    FeatureView view = viewName == null ? null : views.get(viewName);
    if (viewValue != null && viewName != null && view == null && !broken.contains(viewName)) {
      viewValue.unknown("view", viewName, views.keySet());
    }
    if (view == null || key.fields().isEmpty()) {
      broken.add(name);
      return;
    }
    if (views.containsKey(name) && !name.equals(view.name())) {
      value.wrong("the view '" + name + "' has this name", "another name, or that view");
    }
    add(new Lookup(name, view, key), keyValue == null ? value : keyValue);
  }

  private void add(Lookup lookup, YamlValue place) {
    lookups.put(lookup.name(), lookup);
    int needed = lookup.view().entity().fields().size();
    if (lookup.key().fields().size() != needed) {
      place.wrong(
          "has %d fields, but the entity of view '%s' has %d"
              .formatted(lookup.key().fields().size(), lookup.view().name(), needed),
          "as many fields, in the order of the entity's: " + lookup.view().entity());
      return;
    }
    lookup.key().fields().forEach(field -> check(field, lookup, place));
  }

  private void check(String name, Lookup lookup, YamlValue place) {
    Schema.Field field = scored.schema().getField(name);
    if (field == null) {
      place.wrong(
          "the scored source '%s' has no field '%s' by which view '%s' could be looked up"
              .formatted(scored.name(), name, lookup.view().name()),
          "an entity that the scored source has too, or under lookups a name with view: %s and key: a field of '%s'"
              .formatted(lookup.view().name(), scored.name()));
    } else if (!SchemaFields.KEYS.contains(Fields.withoutNull(field.schema()).getType())) {
      place.wrong(
          "in the scored source '" + scored.name() + "', " + SchemaFields.typeOf(field),
          "a field that is a string, enum, int, long or boolean in both");
    }
  }
}
