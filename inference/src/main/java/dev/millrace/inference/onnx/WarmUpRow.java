package dev.millrace.inference.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inputs for a call of the model before the first event.
 *
 * @param name for messages
 * @param values one per pipeline input, see {@link Scorer#score}
 */
record WarmUpRow(String name, List<@Nullable Object> values) {
  private static final Logger log = LoggerFactory.getLogger(WarmUpRow.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Around the median, without extremes, which may be outliers. */
  private static final double[] QUANTILES = {.05, .25, .5, .75, .95};

  /**
   * The rows: quantiles of the training values where a profile has them, zeros with empty texts,
   * ones, and a row in which every input is missing.
   *
   * @param profile text of the model's {@code profile.json}, or null
   */
  static List<WarmUpRow> of(List<ModelInput> inputs, @Nullable String profile) {
    List<WarmUpRow> rows = new ArrayList<>();
    JsonNode features = features(profile);
    if (features != null) {
      for (double quantile : QUANTILES) {
        rows.add(
            row(
                "training values at quantile " + quantile,
                inputs,
                input -> trained(input, features.path(input.name()), quantile)));
      }
    }
    rows.add(row("zeros, empty texts and false", inputs, input -> plain(input, 0)));
    rows.add(row("ones, empty texts and true", inputs, input -> plain(input, 1)));
    rows.add(new WarmUpRow("every input missing", Collections.nCopies(inputs.size(), null)));
    return rows;
  }

  /** The same row with one input missing. */
  WarmUpRow without(int input) {
    List<@Nullable Object> some = new ArrayList<>(values);
    some.set(input, null);
    return new WarmUpRow(name, some);
  }

  private interface Value {
    Object of(ModelInput input);
  }

  private static WarmUpRow row(String name, List<ModelInput> inputs, Value value) {
    List<@Nullable Object> values = new ArrayList<>();
    inputs.forEach(input -> values.add(value.of(input)));
    return new WarmUpRow(name, values);
  }

  private static @Nullable JsonNode features(@Nullable String profile) {
    if (profile == null) {
      return null;
    }
    try {
      return MAPPER.readTree(profile).get("features");
    } catch (JsonProcessingException e) {
      log.warn("The model is warmed up without its training profile, which is not JSON", e);
      return null;
    }
  }

  private static Object plain(ModelInput input, int number) {
    return switch (input.type()) {
      case NUMBER -> (double) number;
      case INTEGER -> (long) number;
      case TEXT -> "";
      case BOOLEAN -> number == 1;
    };
  }

  private static Object trained(ModelInput input, JsonNode feature, double quantile) {
    return switch (input.type()) {
      case NUMBER, INTEGER -> {
        // Bin i begins at edge i - 1; the edge above a frequent value is the next double.
        JsonNode edges = feature.path("edges");
        int bin = bin(feature.path("counts").size(), feature.path("counts")::get, quantile);
        float value = (float) edges.path(Math.max(0, bin - 1)).asDouble(0);
        yield input.type() == InputType.INTEGER
            ? (Object) Math.round((double) value)
            : (Object) (double) value;
      }
      case TEXT, BOOLEAN -> {
        List<Map.Entry<String, JsonNode>> categories =
            List.copyOf(feature.path("categories").properties());
        int bin = bin(categories.size(), i -> categories.get(i).getValue(), quantile);
        String value = bin < 0 ? "" : categories.get(bin).getKey();
        yield input.type() == InputType.TEXT ? (Object) value : (Object) Boolean.valueOf(value);
      }
    };
  }

  private interface Counts {
    JsonNode of(int bin);
  }

  /** The bin of a quantile; -1 if all are empty. */
  private static int bin(int bins, Counts counts, double quantile) {
    double total = 0;
    for (int i = 0; i < bins; i++) {
      total += counts.of(i).asDouble(0);
    }
    double before = 0;
    for (int i = 0; i < bins; i++) {
      before += counts.of(i).asDouble(0);
      if (before > 0 && before >= quantile * total) {
        return i;
      }
    }
    return -1;
  }
}
