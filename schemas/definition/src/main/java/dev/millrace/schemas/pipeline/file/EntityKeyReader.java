package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.EntityKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads the fields that name an entity: one, or a list. */
final class EntityKeyReader {
  static final ValueSpec.TextOrList FORM =
      new ValueSpec.TextOrList(ValueSpec.Text.of("a field, or a list of fields"));

  private EntityKeyReader() {}

  /** The fields; those with a mistake are left out. */
  static EntityKey read(@Nullable YamlValue value, Schema schema) {
    List<String> fields = new ArrayList<>();
    List<YamlValue> items = value == null ? List.of() : value.oneOrSeveral(FORM);
    for (YamlValue item : items) {
      String field = SchemaFields.field(item, schema, SchemaFields.KEYS);
      if (field != null && fields.contains(field)) {
        item.wrong("duplicate field '" + field + "'", null);
      } else if (field != null) {
        fields.add(field);
      }
    }
    return new EntityKey(fields);
  }
}
