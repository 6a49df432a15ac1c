package dev.millrace.inference.scoring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.WireHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The header of a {@code MODEL_OUTPUT} dead letter with the inputs of the model: a JSON object of
 * the inputs by name, null where one was missing.
 *
 * <p>The value of an input that is computed from a field with the Avro property {@code pii} is
 * {@code "***"}, as in ingest's dead letters.
 */
final class InputsHeader {
  static final String NAME = WireHeaders.ERROR_INPUTS;

  /** Texts are cut at this length, to keep the header readable. */
  private static final int LONGEST_TEXT = 100;

  /** Enough for a thousand numbers, and far below the limit of a record. */
  private static final int MOST_BYTES = 20_000;

  /**
   * An input.
   *
   * @param masked whether its value is replaced
   */
  private record Input(String name, boolean masked) {}

  private final List<Input> inputs = new ArrayList<>();

  InputsHeader(Pipeline pipeline) {
    for (ModelInput input : pipeline.inputs()) {
      boolean masked =
          input.expression().references().stream().anyMatch(name -> isPersonal(pipeline, name));
      inputs.add(new Input(input.name(), masked));
    }
  }

  /**
   * The header.
   *
   * @param values one per input, as the model received them
   */
  Header of(@Nullable Object[] values) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    int bytes = 0;
    for (int i = 0; i < values.length; i++) {
      Input input = inputs.get(i);
      Object value = input.masked ? "***" : cut(values[i]);
      bytes += utf8(JsonNodeFactory.instance.objectNode().putPOJO(input.name, value)).length;
      if (bytes > MOST_BYTES) {
        json.put("...", values.length - i + " more");
        break;
      }
      json.putPOJO(input.name, value);
    }
    return new RecordHeader(NAME, utf8(json));
  }

  private static byte[] utf8(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object cut(@Nullable Object value) {
    return value instanceof String text && text.length() > LONGEST_TEXT
        ? text.substring(0, LONGEST_TEXT) + "..."
        : value;
  }

  /** Whether a variable of an expression is, or is aggregated from, a field marked as personal. */
  private static boolean isPersonal(Pipeline pipeline, String variable) {
    int dot = variable.indexOf('.');
    if (dot < 0) {
      return isMarked(pipeline.scored().schema(), variable);
    }
    Lookup lookup = pipeline.lookups().get(variable.substring(0, dot));
    if (lookup == null) {
      return false;
    }
    FeatureView view = lookup.view();
    Feature feature = view.feature(variable.substring(dot + 1));
    Schema schema = pipeline.source(view.from()).schema();
    Expression values = feature.input();
    return values != null && values.references().stream().anyMatch(name -> isMarked(schema, name));
  }

  private static boolean isMarked(Schema schema, String name) {
    Schema.Field field = schema.getField(name);
    return field != null && field.getObjectProp("pii") != null;
  }
}
