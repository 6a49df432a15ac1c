package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the fields of Avro schemas that values of the file name. */
final class SchemaFields {
  /** A field by its name, of any type. */
  static final ValueSpec.Text FORM = ValueSpec.Text.of("a field");

  /** Types with one unambiguous text form: allowed for ids. */
  static final Set<Schema.Type> IDS = Set.of(Schema.Type.STRING, Schema.Type.INT, Schema.Type.LONG);

  /** Types allowed for keys, entities and slices. */
  static final Set<Schema.Type> KEYS =
      Set.of(
          Schema.Type.STRING,
          Schema.Type.ENUM,
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.BOOLEAN);

  private SchemaFields() {}

  /**
   * The field that a value names.
   *
   * @param allowed types that are allowed
   * @return null, after noting a mistake, if there is no such field or its type is not allowed
   */
  static @Nullable String field(
      @Nullable YamlValue value, Schema schema, Set<Schema.Type> allowed) {
    Schema.Field field = find(value, schema);
    if (value == null || field == null) {
      return null;
    }
    Schema plain = Fields.withoutNull(field.schema());
    if (!allowed.contains(plain.getType()) || Fields.isTimestamp(plain)) {
      value.wrong(typeOf(field), "a field of type " + names(allowed));
      return null;
    }
    return field.name();
  }

  /** The field of the event time that a value names. */
  static @Nullable String timeField(@Nullable YamlValue value, Schema schema) {
    Schema.Field field = find(value, schema);
    if (value == null || field == null) {
      return null;
    }
    if (!Fields.isTimestamp(Fields.withoutNull(field.schema()))) {
      value.wrong(typeOf(field), "a long of logicalType timestamp-millis or timestamp-micros");
      return null;
    }
    return field.name();
  }

  /** The field that a value names, of any type. */
  static Schema.@Nullable Field find(@Nullable YamlValue value, Schema schema) {
    String name = value == null ? null : value.text(FORM);
    if (value == null || name == null) {
      return null;
    }
    Schema.Field field = schema.getField(name);
    if (field == null) {
      value.unknown("field", name, schema.getFields().stream().map(Schema.Field::name).toList());
    }
    return field;
  }

  /** "field 'fare' is of type double", for a mistake. */
  static String typeOf(Schema.Field field) {
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
