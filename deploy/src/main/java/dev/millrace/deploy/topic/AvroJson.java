package dev.millrace.deploy.topic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Converts Avro records to JSON for people: unions without branch names, timestamps in ISO 8601.
 * Avro's own JsonEncoder writes the branch names, and timestamps as numbers.
 */
public final class AvroJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AvroJson() {}

  /** Converts a record. */
  public static ObjectNode of(GenericRecord record) {
    ObjectNode object = JSON.objectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      object.set(field.name(), value(field.schema(), record.get(field.pos())));
    }
    return object;
  }

  private static JsonNode value(Schema schema, @Nullable Object value) {
    if (value == null) {
      return JSON.nullNode();
    }
    if (value instanceof GenericRecord record) {
      return of(record);
    }
    if (value instanceof Collection<?> items) {
      ArrayNode array = JSON.arrayNode();
      items.forEach(item -> array.add(value(plain(schema).getElementType(), item)));
      return array;
    }
    if (value instanceof Map<?, ?> entries) {
      ObjectNode object = JSON.objectNode();
      entries.forEach(
          (key, item) ->
              object.set(String.valueOf(key), value(plain(schema).getValueType(), item)));
      return object;
    }
    if (value instanceof Long number) {
      return number(plain(schema), number);
    }
    if (value instanceof Integer number) {
      return JSON.numberNode(number);
    }
    if (value instanceof Double number) {
      // JSON has neither NaN nor infinity.
      return Double.isFinite(number) ? JSON.numberNode(number) : JSON.textNode(number.toString());
    }
    if (value instanceof Float number) {
      return value(schema, number.doubleValue());
    }
    if (value instanceof Boolean flag) {
      return JSON.booleanNode(flag);
    }
    return JSON.textNode(value.toString());
  }

  private static JsonNode number(Schema schema, long number) {
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
      return JSON.textNode(Instant.ofEpochMilli(number).toString());
    }
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
      return JSON.textNode(Instant.EPOCH.plus(number, ChronoUnit.MICROS).toString());
    }
    return JSON.numberNode(number);
  }

  private static Schema plain(Schema schema) {
    if (!schema.isUnion()) {
      return schema;
    }
    return schema.getTypes().stream()
        .filter(type -> type.getType() != Schema.Type.NULL)
        .findFirst()
        .orElse(schema);
  }
}
