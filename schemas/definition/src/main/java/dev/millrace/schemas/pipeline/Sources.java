package dev.millrace.schemas.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The sources of a file while the rest of it is read, those with mistakes among them. */
final class Sources {
  /** Types that are the same text wherever they are written: ids. */
  static final Set<Schema.Type> IDS = Set.of(Schema.Type.STRING, Schema.Type.INT, Schema.Type.LONG);

  /** Types of few values: keys, entities and slices. */
  static final Set<Schema.Type> KEYS =
      Set.of(
          Schema.Type.STRING,
          Schema.Type.ENUM,
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.BOOLEAN);

  private final Map<String, Source> read = new LinkedHashMap<>();
  private final Set<String> named = new LinkedHashSet<>();

  /** Adds a source; null where its schema could not be read, so that nothing can be said of it. */
  void add(String name, @Nullable Source source) {
    named.add(name);
    if (source != null) {
      read.put(name, source);
    }
  }

  Map<String, Source> all() {
    return read;
  }

  /** The source that a value names; null where it is unknown or its schema was not read. */
  @Nullable Source named(@Nullable Entry entry) {
    String name = entry == null ? null : entry.text("a source");
    if (entry != null && name != null && !named.contains(name)) {
      entry.unknown("source", name, named);
    }
    return name == null ? null : read.get(name);
  }

  /**
   * The field that a value names.
   *
   * @param allowed types that fit
   * @return null, and a mistake, where there is no such field or it does not fit
   */
  static @Nullable String field(@Nullable Entry entry, Schema schema, Set<Schema.Type> allowed) {
    Schema.Field field = find(entry, schema);
    if (entry == null || field == null) {
      return null;
    }
    Schema plain = Fields.withoutNull(field.schema());
    if (!allowed.contains(plain.getType()) || Fields.isTimestamp(plain)) {
      entry.wrong(is(field), "a field of type " + names(allowed));
      return null;
    }
    return field.name();
  }

  /** The field of the event time that a value names. */
  static @Nullable String timeField(@Nullable Entry entry, Schema schema) {
    Schema.Field field = find(entry, schema);
    if (entry == null || field == null) {
      return null;
    }
    if (!Fields.isTimestamp(Fields.withoutNull(field.schema()))) {
      entry.wrong(is(field), "a long of logicalType timestamp-millis or timestamp-micros");
      return null;
    }
    return field.name();
  }

  /** The field that a value names, whatever its type. */
  static Schema.@Nullable Field find(@Nullable Entry entry, Schema schema) {
    String name = entry == null ? null : entry.text("a field");
    if (entry == null || name == null) {
      return null;
    }
    Schema.Field field = schema.getField(name);
    if (field == null) {
      entry.unknown("field", name, schema.getFields().stream().map(Schema.Field::name).toList());
    }
    return field;
  }

  /** "field 'fare' is a double", for a mistake. */
  static String is(Schema.Field field) {
    Schema plain = Fields.withoutNull(field.schema());
    LogicalType logical = plain.getLogicalType();
    String type = logical == null ? plain.getType().getName() : logical.getName();
    return "field '" + field.name() + "' is of type " + type;
  }

  private static String names(Set<Schema.Type> types) {
    List<String> names =
        new ArrayList<>(types.stream().map(Schema.Type::getName).sorted().toList());
    String last = names.remove(names.size() - 1);
    return names.isEmpty() ? last : String.join(", ", names) + " or " + last;
  }
}
