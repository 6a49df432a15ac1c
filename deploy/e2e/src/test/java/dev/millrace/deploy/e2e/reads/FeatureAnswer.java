package dev.millrace.deploy.e2e.reads;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.deploy.e2e.pipeline.FeatureClient.Answer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of the JSON that feature reads are answered with. */
public final class FeatureAnswer {
  private FeatureAnswer() {}

  /** The answer's features; a feature without a value is null. */
  public static Map<String, @Nullable Object> values(JsonNode answer) {
    Map<String, @Nullable Object> values = new HashMap<>();
    answer
        .path("features")
        .properties()
        .forEach(
            feature -> {
              JsonNode value = feature.getValue().path("value");
              values.put(feature.getKey(), value.isNull() ? null : value.asDouble());
            });
    return values;
  }

  public static boolean isFound(JsonNode answer) {
    return answer.path("found").asBoolean();
  }

  public static String status(JsonNode answer, String feature) {
    return answer.path("features").path(feature).path("status").asText();
  }

  /** The answers of a bulk read by entity, without the keys that are not ready. */
  public static Map<String, JsonNode> byEntity(Answer answer) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    Map<String, JsonNode> byEntity = new LinkedHashMap<>();
    for (JsonNode result : answer.body().path("results")) {
      if (!result.has("error")) {
        byEntity.put(result.path("entity").asText(), result);
      }
    }
    return byEntity;
  }

  /** What does not change while nothing is published. */
  public static JsonNode content(JsonNode answer) {
    var content = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("found", "newest", "features")) {
      content.set(field, answer.path(field));
    }
    return content;
  }
}
