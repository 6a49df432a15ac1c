package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
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
  private static final Duration LATENESS = Duration.ofMinutes(5);
  private static final Duration DEDUPLICATE = Duration.ofHours(1);
  private static final Duration MAX_AHEAD = Duration.ofHours(1);

  private SourceReader() {}

  /**
   * Reads a source.
   *
   * @param directory what the schema's path is relative to
   * @return with empty names where they were wrong; null where there is no schema to go on with
   */
  static @Nullable Source read(String name, Entry entry, Path directory) {
    Names.check(name, entry, Names.TAKEN_BY_TOPICS);
    Section section = entry.section();
    Entry topic = section.required("topic", "the topic that producers publish to");
    String topicName = topic == null ? null : topic.text(Names.TOPIC, Names.TOPIC_EXPECTED);
    Entry schemaFile = section.required("schema", "path of an .avsc file");
    Entry id = section.required("id", "the field that tells events apart");
    Entry key = section.required("key", "the field that events are partitioned by");
    Entry time = section.required("time", "the field of the event time");
    Duration lateness = section.duration("lateness", LATENESS);
    LatePolicy late = section.constant("late", LatePolicy.TOPIC);
    Duration deduplicate = section.duration("deduplicate", DEDUPLICATE);
    Duration maxAhead = section.duration("max_ahead", MAX_AHEAD);
    Entry contract = section.optional("contract");
    section.close();
    Schema schema = schemaFile == null ? null : schema(schemaFile, directory);
    if (schema == null) {
      return null;
    }
    return new Source(
        name,
        orEmpty(topicName),
        schema,
        orEmpty(Sources.field(id, schema, Sources.IDS)),
        orEmpty(Sources.field(key, schema, Sources.KEYS)),
        orEmpty(Sources.timeField(time, schema)),
        lateness,
        late,
        deduplicate,
        maxAhead,
        contract == null ? Map.of() : contract(contract, schema));
  }

  private static @Nullable Schema schema(Entry entry, Path directory) {
    String name = entry.text("path of an .avsc file");
    if (name == null) {
      return null;
    }
    Path path = directory.resolve(name);
    try {
      Schema schema = new Schema.Parser().parse(Files.readString(path));
      if (schema.getType() == Schema.Type.RECORD) {
        return schema;
      }
      entry.wrong(name + " is of type " + schema.getType().getName(), "a record schema");
    } catch (IOException unreadable) {
      entry.wrong("no file can be read at " + path, "path of an .avsc file, from the pipeline's");
    } catch (AvroRuntimeException malformed) {
      entry.wrong(name + " is no Avro schema: " + malformed.getMessage(), "a record schema");
    }
    return null;
  }

  private static Map<String, Expression> contract(Entry entry, Schema schema) {
    Map<String, Type> variables = Fields.types(schema);
    Map<String, Expression> rules = new LinkedHashMap<>();
    Section section = entry.section();
    for (Map.Entry<String, Entry> rule : section.named()) {
      Expression expression =
          rule.getValue()
              .expression(variables, Set.of(Type.BOOLEAN), "a condition over the event's fields");
      if (expression != null) {
        rules.put(rule.getKey(), expression);
      }
    }
    return rules;
  }

  /** A stand-in for what was wrong: the pipeline that holds it is never handed out. */
  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
