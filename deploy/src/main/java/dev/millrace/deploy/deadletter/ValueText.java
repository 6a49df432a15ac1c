package dev.millrace.deploy.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/**
 * The value of a dead letter for people: JSON if its schema id is known and the bytes fit the
 * schema, otherwise hexadecimal digits. Values of fields with the Avro property {@code pii} are
 * masked, and bytes that could contain such a value are not shown.
 */
public final class ValueText {
  private static final String PII = "pii";
  private static final String MASK = "***";

  /** 16 bytes in a line, as in {@code hexdump -C}. */
  private static final int BYTES_PER_LINE = 16;

  /** Enough to recognize a format; a whole megabyte is no use in a terminal. */
  private static final int LONGEST_HEX = 4_096;

  private final Registry registry;
  private final Set<String> personal = new HashSet<>();
  private final boolean raw;

  /**
   * @param pipeline whose sources' schemas name the fields to mask
   * @param raw whether nothing is masked and values are shown in hexadecimal digits
   */
  public ValueText(Registry registry, Pipeline pipeline, boolean raw) {
    this.registry = registry;
    this.raw = raw;
    for (Source source : pipeline.sources().values()) {
      collectPersonal(source.schema(), personal, new HashSet<>());
    }
  }

  /** The text of a value, several lines. */
  public String of(byte @Nullable [] value) {
    if (value == null) {
      return "(none)";
    }
    String size = "%,d bytes".formatted(value.length);
    OptionalInt id = WireFormat.schemaIdOf(value);
    if (raw || id.isEmpty()) {
      return size + bytes(value);
    }
    try {
      if (!(registry.lookup(id.getAsInt()) instanceof Registry.Lookup.Found found)) {
        return "%s, schema id %d, which the registry does not have%s"
            .formatted(size, id.getAsInt(), bytes(value));
      }
      return "%s, schema id %d%s".formatted(size, id.getAsInt(), decoded(value, found));
    } catch (RegistryUnavailable e) {
      return "%s, schema id %d; %s%s".formatted(size, id.getAsInt(), e.getMessage(), bytes(value));
    }
  }

  private String decoded(byte[] value, Registry.Lookup.Found found) {
    if (!found.type().equals("AVRO")) {
      return ", a %s schema%s".formatted(found.type(), bytes(value));
    }
    Schema schema;
    try {
      schema = new Schema.Parser().parse(found.schema());
    } catch (SchemaParseException e) {
      return ", a schema that cannot be parsed (%s)%s".formatted(e.getMessage(), bytes(value));
    }
    if (schema.getType() != Schema.Type.RECORD) {
      return " of type %s, not a record%s".formatted(schema.getType().getName(), bytes(value));
    }
    Decoded decoded = AvroDecoder.decode(value, schema);
    if (decoded instanceof Decoded.Rejected rejected) {
      return " (%s): %s%s".formatted(schema.getFullName(), rejected.detail(), bytes(value));
    }
    ObjectNode json = AvroJson.of(((Decoded.Value) decoded).record());
    Set<String> masked = new HashSet<>(personal);
    collectPersonal(schema, masked, new HashSet<>());
    mask(json, masked);
    return " (%s)%n%s".formatted(schema.getFullName(), json.toPrettyString());
  }

  /** Fields with the property, and their aliases, which older producers use as names. */
  private static void collectPersonal(Schema schema, Set<String> names, Set<String> seen) {
    switch (schema.getType()) {
      case UNION -> schema.getTypes().forEach(type -> collectPersonal(type, names, seen));
      case ARRAY -> collectPersonal(schema.getElementType(), names, seen);
      case MAP -> collectPersonal(schema.getValueType(), names, seen);
      case RECORD -> {
        if (seen.add(schema.getFullName())) {
          for (Schema.Field field : schema.getFields()) {
            if (field.getObjectProp(PII) != null) {
              names.add(field.name());
              names.addAll(field.aliases());
            }
            collectPersonal(field.schema(), names, seen);
          }
        }
      }
      default -> {}
    }
  }

  private static void mask(JsonNode node, Set<String> names) {
    if (node instanceof ObjectNode object) {
      for (String name : names) {
        if (object.hasNonNull(name)) {
          object.put(name, MASK);
        }
      }
    }
    node.forEach(child -> mask(child, names));
  }

  /** The bytes in lines, or why they are not shown. */
  private String bytes(byte[] value) {
    if (!raw && !personal.isEmpty()) {
      return "%nnot shown, since it may contain a field with the property pii; --raw shows it"
          .formatted();
    }
    StringBuilder text = new StringBuilder();
    int shown = Math.min(value.length, LONGEST_HEX);
    for (int from = 0; from < shown; from += BYTES_PER_LINE) {
      int to = Math.min(from + BYTES_PER_LINE, shown);
      StringBuilder printable = new StringBuilder();
      for (int i = from; i < to; i++) {
        printable.append(value[i] >= ' ' && value[i] <= '~' ? (char) value[i] : '.');
      }
      String hex = HexFormat.ofDelimiter(" ").formatHex(value, from, to);
      text.append("%n%06x  %-47s  %s".formatted(from, hex, printable));
    }
    if (shown < value.length) {
      text.append("%n... %,d more bytes".formatted(value.length - shown));
    }
    return text.toString();
  }
}
