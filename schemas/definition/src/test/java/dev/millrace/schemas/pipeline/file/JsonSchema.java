package dev.millrace.schemas.pipeline.file;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.pipeline.Durations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Generates the JSON Schema of the pipeline file from the keys and forms of its readers. */
final class JsonSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonSchema() {}

  /** The schema as it is checked in. */
  static String text() {
    ObjectNode schema = JSON.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Millrace pipeline");
    schema.put(
        "description",
        "The pipeline file of Millrace. Generated from its readers; do not edit by hand.");
    schema.setAll(of(PipelineFile.FORM));
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(schema) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode of(ValueSpec form) {
    if (form instanceof ValueSpec.Text text) {
      return text(text.pattern());
    }
    if (form instanceof ValueSpec.Time time) {
      return time(time);
    }
    if (form instanceof ValueSpec.Whole whole) {
      return JSON.objectNode().put("type", "integer").put("minimum", whole.least());
    }
    if (form instanceof ValueSpec.Decimal decimal) {
      return JSON.objectNode()
          .put("type", "number")
          .put("minimum", decimal.least())
          .put("maximum", decimal.most());
    }
    if (form instanceof ValueSpec.Constant<?> constant) {
      ObjectNode schema = JSON.objectNode();
      constant.byName().keySet().forEach(schema.putArray("enum")::add);
      return schema;
    }
    if (form instanceof ValueSpec.Words words) {
      return words(words);
    }
    if (form instanceof ValueSpec.TimeOrBlock either) {
      ObjectNode schema = JSON.objectNode();
      schema.putArray("anyOf").add(of(either.time())).add(of(either.block()));
      return schema;
    }
    if (form instanceof ValueSpec.ConstantOrBlock<?> either) {
      ObjectNode schema = JSON.objectNode();
      schema.putArray("anyOf").add(of(either.constant())).add(of(either.block()));
      return schema;
    }
    if (form instanceof ValueSpec.Truth) {
      return JSON.objectNode().put("type", "boolean");
    }
    if (form instanceof ValueSpec.TextOrList several) {
      ObjectNode schema = JSON.objectNode();
      ObjectNode texts = list(new ValueSpec.ListOf(several.text(), true, ""));
      schema.putArray("anyOf").add(of(several.text())).add(texts);
      return schema;
    }
    if (form instanceof ValueSpec.Cel) {
      ObjectNode schema = JSON.objectNode();
      schema.putArray("type").add("string").add("number").add("boolean");
      return schema;
    }
    if (form instanceof ValueSpec.ListOf list) {
      return list(list);
    }
    if (form instanceof ValueSpec.Block block) {
      return block(block);
    }
    if (form instanceof ValueSpec.Named named) {
      return named(named);
    }
    ValueSpec.TextOrNamed either = (ValueSpec.TextOrNamed) form;
    ObjectNode schema = JSON.objectNode();
    ObjectNode entry = JSON.objectNode().put("type", "object");
    entry.put("minProperties", 1).put("maxProperties", 1);
    entry.set("propertyNames", text(either.name()));
    entry.set("additionalProperties", of(either.value()));
    schema.putArray("anyOf").add(of(either.text())).add(entry);
    return schema;
  }

  private static ObjectNode text(@Nullable Pattern pattern) {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    return pattern == null ? schema.put("minLength", 1) : schema.put("pattern", whole(pattern));
  }

  private static ObjectNode words(ValueSpec.Words words) {
    ObjectNode schema = JSON.objectNode();
    ObjectNode plain = JSON.objectNode();
    words.words().forEach(plain.putArray("enum")::add);
    ArrayNode either = schema.putArray("anyOf").add(plain);
    words
        .numbered()
        .forEach((word, most) -> either.add(text(Pattern.compile(word + numbers(most)))));
    return schema;
  }

  /** A pattern of the whole numbers from 1. */
  private static String numbers(int most) {
    int tens = most / 10;
    String between = tens > 1 ? "|[1-%d][0-9]".formatted(tens - 1) : "";
    return "([1-9]%s|%d[0-%d])".formatted(between, tens, most % 10);
  }

  private static ObjectNode time(ValueSpec.Time time) {
    String duration = time.mayBeZero() ? Durations.PATTERN : Durations.POSITIVE_PATTERN;
    String pattern = time.word() == null ? duration : duration + "|" + time.word();
    return JSON.objectNode().put("type", "string").put("pattern", whole(Pattern.compile(pattern)));
  }

  private static String whole(Pattern pattern) {
    return "^(?:" + pattern.pattern() + ")$";
  }

  private static ObjectNode list(ValueSpec.ListOf list) {
    ObjectNode schema = JSON.objectNode().put("type", "array").put("minItems", 1);
    if (list.isDistinct()) {
      schema.put("uniqueItems", true);
    }
    schema.set("items", of(list.item()));
    return schema;
  }

  private static ObjectNode block(ValueSpec.Block block) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (KeySpec<?> key : block.keys()) {
      ObjectNode property = JSON.objectNode().put("description", sentence(key.description()));
      property.setAll(of(key.form()));
      if (key.defaultValue() != null) {
        putDefault(property, key, key.defaultValue());
      }
      properties.set(key.name(), property);
      if (key.isRequired()) {
        schema.withArray("required").add(key.name());
      }
    }
    return schema.put("additionalProperties", false);
  }

  private static void putDefault(ObjectNode property, KeySpec<?> key, String value) {
    if (key.form() instanceof ValueSpec.Whole) {
      property.put("default", Integer.valueOf(value));
    } else if (key.form() instanceof ValueSpec.Decimal) {
      property.put("default", Double.valueOf(value));
    } else if (key.form() instanceof ValueSpec.Truth) {
      property.put("default", Boolean.parseBoolean(value));
    } else {
      property.put("default", value);
    }
  }

  private static ObjectNode named(ValueSpec.Named named) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    if (named.least() > 0) {
      schema.put("minProperties", named.least());
    }
    if (named.name() != null) {
      ObjectNode names = text(named.name());
      new TreeSet<>(named.taken()).forEach(names.putObject("not").putArray("enum")::add);
      schema.set("propertyNames", names);
    }
    schema.set("additionalProperties", of(named.value()));
    return schema;
  }

  private static String sentence(String phrase) {
    return Character.toUpperCase(phrase.charAt(0)) + phrase.substring(1) + ".";
  }
}
