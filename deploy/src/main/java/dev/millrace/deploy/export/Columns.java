package dev.millrace.deploy.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.pipeline.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a record schema: nested records flattened, names joined by dots.
 *
 * <p>A nested record's field named {@code value} gives the column its parent's name: {@code
 * inputs.distance.value} becomes {@code inputs.distance}, beside {@code inputs.distance.status}.
 * Lists and maps stay one column each, as JSON.
 */
final class Columns {
  private static final String VALUE = "value";

  private final List<Column> columns;

  private Columns(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  private record Column(String name, List<String> path) {}

  static Columns of(Schema schema) {
    var columns = new ArrayList<Column>();
    collect(schema, List.of(), new HashSet<>(), columns);
    return new Columns(columns);
  }

  List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The values of a record in the order of the columns; null for a missing value. */
  List<@Nullable String> texts(ObjectNode record) {
    var texts = new ArrayList<@Nullable String>(columns.size());
    for (var column : columns) {
      JsonNode node = record;
      for (var name : column.path()) {
        node = node.path(name);
      }
      texts.add(text(node));
    }
    return texts;
  }

  private static @Nullable String text(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return null;
    }
    return node.isContainerNode() ? node.toString() : node.asText();
  }

  private static void collect(
      Schema schema, List<String> path, Set<String> open, List<Column> columns) {
    // A record type inside itself is not flattened further: it stays one column.
    open.add(schema.getFullName());
    for (var field : schema.getFields()) {
      var inner = new ArrayList<>(path);
      inner.add(field.name());
      var type = Fields.withoutNull(field.schema());
      if (type.getType() == Schema.Type.RECORD && !open.contains(type.getFullName())) {
        collect(type, inner, open, columns);
      } else {
        columns.add(new Column(name(inner), inner));
      }
    }
    open.remove(schema.getFullName());
  }

  private static String name(List<String> path) {
    var last = path.size() - 1;
    var named = last > 0 && path.get(last).equals(VALUE) ? path.subList(0, last) : path;
    return String.join(".", named);
  }
}
