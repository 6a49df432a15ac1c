package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Type;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The fields of an Avro event as variables of expressions. */
public final class Fields {
  private Fields() {}

  /**
   * The scalar fields of a record schema, null unions unwrapped, in the schema's order. Arrays,
   * maps, records, bytes and unions of several types are left out.
   */
  public static Map<String, Type> types(Schema schema) {
    Map<String, Type> types = new LinkedHashMap<>();
    for (Schema.Field field : schema.getFields()) {
      Type type = type(field.schema());
      if (type != null) {
        types.put(field.name(), type);
      }
    }
    return types;
  }

  /**
   * The value of a field as expressions take it: Boolean, Long, Double, String or Instant.
   *
   * @return null if the event has no such field, it is null, or it is not a scalar
   */
  public static @Nullable Object value(GenericRecord event, String name) {
    Schema.Field field = event.getSchema().getField(name);
    return field == null ? null : value(field.schema(), event.get(field.pos()));
  }

  /** The same for a value and its schema. */
  public static @Nullable Object value(Schema schema, @Nullable Object raw) {
    if (raw instanceof Long number) {
      LogicalType logical = withoutNull(schema).getLogicalType();
      if (logical == null) {
        return number;
      }
      if (logical instanceof LogicalTypes.TimestampMillis) {
        return Instant.ofEpochMilli(number);
      }
      return logical instanceof LogicalTypes.TimestampMicros
          ? Instant.EPOCH.plus(number, ChronoUnit.MICROS)
          : number;
    }
    if (raw instanceof Integer number) {
      return number.longValue();
    }
    if (raw instanceof Float number) {
      return number.doubleValue();
    }
    if (raw instanceof Double || raw instanceof Boolean || raw instanceof Instant) {
      return raw;
    }
    if (raw instanceof CharSequence || isEnum(schema, raw)) {
      return String.valueOf(raw);
    }
    return null;
  }

  /** A time as a long, as a field with the schema of a timestamp holds it. */
  public static long raw(Schema timestamp, Instant time) {
    return withoutNull(timestamp).getLogicalType() instanceof LogicalTypes.TimestampMicros
        ? ChronoUnit.MICROS.between(Instant.EPOCH, time)
        : time.toEpochMilli();
  }

  private static boolean isEnum(Schema schema, @Nullable Object raw) {
    return raw != null && withoutNull(schema).getType() == Schema.Type.ENUM;
  }

  private static @Nullable Type type(Schema schema) {
    Schema plain = withoutNull(schema);
    return switch (plain.getType()) {
      case BOOLEAN -> Type.BOOLEAN;
      case INT -> Type.LONG;
      case LONG -> isTimestamp(plain) ? Type.TIMESTAMP : Type.LONG;
      case FLOAT, DOUBLE -> Type.DOUBLE;
      case STRING, ENUM -> Type.STRING;
      default -> null;
    };
  }

  /** Whether a type is a timestamp that expressions can use. */
  public static boolean isTimestamp(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
        || schema.getLogicalType() instanceof LogicalTypes.TimestampMicros;
  }

  /** A union of null and one type is that type; any other schema is itself. */
  public static Schema withoutNull(Schema schema) {
    if (!schema.isUnion()) {
      return schema;
    }
    List<Schema> others =
        schema.getTypes().stream().filter(each -> each.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : schema;
  }
}
