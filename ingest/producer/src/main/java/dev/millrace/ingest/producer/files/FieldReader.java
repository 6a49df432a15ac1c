package dev.millrace.ingest.producer.files;

import dev.millrace.schemas.pipeline.Fields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.function.Function;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/** Reads the text of one field into the type that its schema declares. */
final class FieldReader {
  private static final String TIME =
      "a time: ISO 8601 with its zone, such as 2001-01-01T00:01:00Z, or epoch milliseconds";

  /** The text is not a value of the field's type. */
  static final class RejectedValue extends Exception {
    private static final long serialVersionUID = 1;

    RejectedValue(String problem) {
      super(problem);
    }
  }

  private record Parser(String expected, Function<String, Object> parse) {}

  private final Schema.Field field;
  private final Parser parser;
  private final boolean nullable;
  private final boolean text;

  /**
   * @throws IllegalArgumentException if the field is neither a scalar nor a union of null and one
   */
  FieldReader(Schema.Field field) {
    this.field = field;
    Schema schema = field.schema();
    Schema type = Fields.withoutNull(schema);
    this.nullable = schema.isNullable();
    this.text = type.getType() == Schema.Type.STRING;
    this.parser = parser(type);
  }

  String name() {
    return field.name();
  }

  /** Whether an empty text is a value of this field, not a missing one. */
  boolean takesEmptyText() {
    return text && !nullable;
  }

  /** Whether this field may be missing in a file. */
  boolean isOptional() {
    return nullable || field.hasDefaultValue();
  }

  /**
   * The value in Avro's own classes.
   *
   * @param given the text; null if the file has no value here
   */
  @Nullable Object read(@Nullable String given) throws RejectedValue {
    if (given == null) {
      return absent();
    }
    try {
      return parser.parse().apply(given);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new RejectedValue("'%s' is not %s".formatted(given, parser.expected()));
    }
  }

  private @Nullable Object absent() throws RejectedValue {
    if (field.hasDefaultValue()) {
      return GenericData.get().getDefaultValue(field);
    }
    if (nullable) {
      return null;
    }
    throw new RejectedValue(
        "there is no value, but the schema requires %s".formatted(parser.expected()));
  }

  private Parser parser(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    return switch (schema.getType()) {
      case STRING -> new Parser("a text", value -> value);
      case BOOLEAN -> new Parser("true or false", FieldReader::bool);
      case INT ->
          logical instanceof LogicalTypes.Date
              ? new Parser(
                  "a date such as 2001-01-31",
                  value -> Math.toIntExact(LocalDate.parse(value).toEpochDay()))
              : plain(logical, "a whole number from -2^31 to 2^31-1", Integer::valueOf);
      case LONG ->
          logical instanceof LogicalTypes.TimestampMillis
              ? new Parser(TIME, FieldReader::millis)
              : logical instanceof LogicalTypes.TimestampMicros
                  ? new Parser(TIME, FieldReader::micros)
                  : plain(logical, "a whole number", Long::valueOf);
      case FLOAT -> plain(logical, "a number", Float::valueOf);
      case DOUBLE -> plain(logical, "a number", Double::valueOf);
      case ENUM -> new Parser("one of " + schema.getEnumSymbols(), value -> symbol(schema, value));
      default -> throw unsupported();
    };
  }

  private Parser plain(
      @Nullable LogicalType logical, String expected, Function<String, Object> parse) {
    if (logical != null) {
      throw unsupported();
    }
    return new Parser(expected, parse);
  }

  private IllegalArgumentException unsupported() {
    return new IllegalArgumentException(
        "field '%s' is of type %s; files can be read into text, numbers, booleans, enums, dates, timestamps, and unions of null with one of them"
            .formatted(field.name(), field.schema()));
  }

  private static Object bool(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(value);
    };
  }

  private static Object symbol(Schema schema, String value) {
    if (!schema.hasEnumSymbol(value)) {
      throw new IllegalArgumentException(value);
    }
    return new GenericData.EnumSymbol(schema, value);
  }

  private static Object millis(String value) {
    return isEpochMillis(value) ? Long.parseLong(value) : instant(value).toEpochMilli();
  }

  private static Object micros(String value) {
    if (isEpochMillis(value)) {
      return Math.multiplyExact(Long.parseLong(value), 1_000);
    }
    Instant time = instant(value);
    long seconds = Math.multiplyExact(time.getEpochSecond(), 1_000_000L);
    return Math.addExact(seconds, time.getNano() / 1_000);
  }

  private static boolean isEpochMillis(String value) {
    int start = value.startsWith("-") ? 1 : 0;
    for (int i = start; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return value.length() > start;
  }

  private static Instant instant(String value) {
    return value.endsWith("Z") ? Instant.parse(value) : OffsetDateTime.parse(value).toInstant();
  }
}
