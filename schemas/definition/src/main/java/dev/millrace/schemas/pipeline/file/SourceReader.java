package dev.millrace.schemas.pipeline.file;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code sources}. */
final class SourceReader {
  private static final KeySpec<ValueSpec.Text> TOPIC =
      KeySpec.required(
          "topic",
          new ValueSpec.Text(Names.TOPIC, Names.TOPIC_EXPECTED),
          "the topic that producers publish to");
  private static final KeySpec<ValueSpec.Text> SCHEMA =
      KeySpec.required(
          "schema",
          ValueSpec.Text.of("path of an .avsc file"),
          "path of an .avsc file, the Avro record schema of an event, relative to this file");
  private static final KeySpec<ValueSpec.Text> ID =
      KeySpec.required(
          "id", SchemaFields.FORM, "the field that identifies an event: a string, int or long");
  private static final KeySpec<ValueSpec.Text> KEY =
      KeySpec.required(
          "key",
          SchemaFields.FORM,
          "the field that events are partitioned by: a string, enum, int, long or boolean");
  private static final KeySpec<ValueSpec.Text> TIME =
      KeySpec.required(
          "time",
          SchemaFields.FORM,
          "the field of the event time: a long of logicalType timestamp-millis or timestamp-micros");
  private static final KeySpec<ValueSpec.Time> LATENESS =
      KeySpec.optional(
          "lateness",
          ValueSpec.Time.ANY,
          "5m",
          "how far an event may be behind the newest event of its partition; an event further behind is late");
  private static final KeySpec<ValueSpec.Constant<LatePolicy>> LATE =
      KeySpec.optional(
          "late",
          new ValueSpec.Constant<>(LatePolicy.class),
          "topic",
          "what happens to late events: topic sends them to the late topic, score scores them all the same");
  private static final KeySpec<ValueSpec.Time> DEDUPLICATE =
      KeySpec.optional(
          "deduplicate",
          ValueSpec.Time.ANY,
          "1h",
          "how long an event id is remembered; an event with the same id within that time is dropped");
  private static final KeySpec<ValueSpec.Time> MAX_AHEAD =
      KeySpec.optional(
          "max_ahead",
          ValueSpec.Time.ANY,
          "1h",
          "how far in the future an event time may be; an event further ahead is a dead letter");
  private static final KeySpec<ValueSpec.Named> CONTRACT =
      KeySpec.optional(
          "contract",
          new ValueSpec.Named(null, Set.of(), new ValueSpec.Cel(), 0),
          "rules by name, each a CEL condition over the event's fields; an event that breaks one is a dead letter with the rule's name");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(
          TOPIC, SCHEMA, ID, KEY, TIME, LATENESS, LATE, DEDUPLICATE, MAX_AHEAD, CONTRACT);

  private SourceReader() {}

  /**
   * Reads a source.
   *
   * @param directory the schema's path is relative to it
   * @return the source, with empty names for those that were wrong; null if its schema cannot be
   *     read
   */
  static @Nullable Source read(String name, YamlValue value, Path directory) {
    Names.check(name, value, Names.TAKEN_BY_TOPICS);
    YamlMapping mapping = value.mapping(FORM);
    String topic = mapping.text(TOPIC);
    YamlValue schemaFile = mapping.value(SCHEMA);
    YamlValue id = mapping.value(ID);
    YamlValue key = mapping.value(KEY);
    YamlValue time = mapping.value(TIME);
    Duration lateness = mapping.duration(LATENESS);
    LatePolicy late = mapping.constant(LATE);
    Duration deduplicate = mapping.duration(DEDUPLICATE);
    Duration maxAhead = mapping.duration(MAX_AHEAD);
    YamlValue contract = mapping.value(CONTRACT);
    mapping.close();
    Schema schema = schemaFile == null ? null : schema(schemaFile, directory);
    if (schema == null) {
      return null;
    }
    return new Source(
        name,
        orEmpty(topic),
        schema,
        orEmpty(SchemaFields.field(id, schema, SchemaFields.IDS)),
        orEmpty(SchemaFields.field(key, schema, SchemaFields.KEYS)),
        orEmpty(SchemaFields.timeField(time, schema)),
        lateness,
        late,
        deduplicate,
        maxAhead,
        contract == null ? Map.of() : contract(contract, schema));
  }

  private static @Nullable Schema schema(YamlValue value, Path directory) {
    String name = value.text(SCHEMA.form());
    if (name == null) {
      return null;
    }
    Path path = directory.resolve(name);
    try {
      Schema schema = new Schema.Parser().parse(Files.readString(path));
      if (schema.getType() == Schema.Type.RECORD) {
        return schema;
      }
      value.wrong(name + " is of type " + schema.getType().getName(), "a record schema");
    } catch (IOException failure) {
      value.wrong(
          "no file can be read at " + path, "path of an .avsc file, relative to the pipeline file");
    } catch (AvroRuntimeException malformed) {
      value.wrong(name + " is not an Avro schema: " + problem(malformed), "a record schema");
    }
    return null;
  }

  /** Avro's own messages are used as they are; of a message of the JSON parser only the place. */
  private static String problem(AvroRuntimeException malformed) {
    if (malformed.getCause() instanceof JsonProcessingException json) {
      JsonLocation place = json.getLocation();
      return place == null
          ? "it is not JSON"
          : "it is not JSON from line %d, column %d"
              .formatted(place.getLineNr(), place.getColumnNr());
    }
    return String.valueOf(malformed.getMessage());
  }

  private static Map<String, Expression> contract(YamlValue value, Schema schema) {
    Map<String, Type> variables = Fields.types(schema);
    Map<String, Expression> rules = new LinkedHashMap<>();
    value
        .entries()
        .forEach(
            (name, rule) -> {
              Expression expression =
                  rule.expression(
                      variables, Set.of(Type.BOOLEAN), "a condition over the event's fields");
              if (expression != null) {
                rules.put(name, expression);
              }
            });
    return rules;
  }

  /** A placeholder for a value with a mistake: a pipeline that contains it is never returned. */
  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
