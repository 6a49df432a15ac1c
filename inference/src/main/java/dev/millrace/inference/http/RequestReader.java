package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.file.NearestName;
import dev.millrace.schemas.service.http.HttpCall;
import dev.millrace.schemas.service.http.HttpProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads requests for features, and checks them against the views of the pipeline. */
final class RequestReader {
  /** The header of a request that another instance has sent on: the id of its application. */
  static final String FORWARDED = "Millrace-Forwarded";

  /** Bounds the time for which one request keeps a thread, and the size of its answer. */
  static final int MOST_KEYS = 1_000;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Set<String> PROPERTIES =
      Set.of("view", "version", "keys", "features", "stale");

  private final Map<String, ViewStore> views = new LinkedHashMap<>();

  RequestReader(List<ViewStore> views) {
    views.forEach(view -> this.views.put(view.name(), view));
  }

  /** Reads {@code GET /features/VIEW/KEY?features=A,B&stale=true}. */
  ReadRequest ofPath(HttpCall call) throws HttpProblem {
    String[] segments = call.rawPath().split("/", -1);
    if (segments.length < 4) {
      throw HttpProblem.unknown(
          "UNKNOWN_PATH",
          "ask for /features/VIEW/KEY, the key with one segment for each field of the view's entity; the views are "
              + String.join(", ", views.keySet()));
    }
    ViewStore view = view(PathText.decode(segments[2]));
    List<String> key = new ArrayList<>();
    for (String segment : Arrays.asList(segments).subList(3, segments.length)) {
      key.add(PathText.decode(segment));
    }
    checkSize(view, key);
    Map<String, String> query = query(call.rawQuery());
    String features = query.get("features");
    return new ReadRequest(
        view,
        List.of(key),
        features(view, features == null ? null : List.of(features.split(",", -1))),
        truth("stale", query.getOrDefault("stale", "false")),
        false);
  }

  private static Map<String, String> query(@Nullable String raw) throws HttpProblem {
    Map<String, String> values = new LinkedHashMap<>();
    for (String parameter : raw == null || raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
      String[] pair = parameter.split("=", 2);
      String name = PathText.decode(pair[0]);
      if (!Set.of("features", "stale").contains(name)) {
        throw HttpProblem.malformed(
            "the query has the unknown parameter '%s'; known are features and stale"
                .formatted(name));
      }
      values.put(name, PathText.decode(pair.length < 2 ? "true" : pair[1]));
    }
    return values;
  }

  private static boolean truth(String name, String value) throws HttpProblem {
    if (!value.equals("true") && !value.equals("false")) {
      throw HttpProblem.malformed("%s is '%s', write true or false".formatted(name, value));
    }
    return value.equals("true");
  }

  /** Reads {@code POST /features}. */
  ReadRequest ofBody(HttpCall call) throws HttpProblem {
    ObjectNode body = object(call.body());
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!PROPERTIES.contains(name)) {
        throw HttpProblem.malformed(
            "the body has the unknown property '%s'; known are view, keys, features and stale"
                .formatted(name));
      }
    }
    ViewStore view = view(text(body.path("view"), "view"));
    JsonNode version = body.path("version");
    if (!version.isMissingNode() && !view.version().equals(version.asText())) {
      throw HttpProblem.unavailable(
          "view %s has version %s here, not %s"
              .formatted(view.name(), view.version(), version.asText()));
    }
    JsonNode features = body.path("features");
    JsonNode stale = body.path("stale");
    return new ReadRequest(
        view,
        keys(view, body.path("keys")),
        features(view, features.isMissingNode() ? null : texts(features, "features")),
        truth("stale", stale.isMissingNode() ? "false" : stale.asText()),
        call.header(FORWARDED) != null);
  }

  private static ObjectNode object(byte[] body) throws HttpProblem {
    try {
      if (JSON.readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw HttpProblem.malformed(
          "the body is not JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    throw HttpProblem.malformed(
        "the body must be a JSON object: {\"view\": VIEW, \"keys\": [KEY, ...]}");
  }

  private static List<List<String>> keys(ViewStore view, JsonNode keys) throws HttpProblem {
    if (!keys.isArray() || keys.isEmpty()) {
      throw HttpProblem.malformed("keys must be an array of at least one key");
    }
    if (keys.size() > MOST_KEYS) {
      throw HttpProblem.tooLarge(
          "%,d keys, but at most %,d are read at once".formatted(keys.size(), MOST_KEYS));
    }
    List<List<String>> all = new ArrayList<>();
    for (JsonNode key : keys) {
      List<String> values = key.isArray() ? texts(key, "a key") : List.of(text(key, "a key"));
      checkSize(view, values);
      all.add(values);
    }
    return all;
  }

  private static void checkSize(ViewStore view, List<String> key) throws HttpProblem {
    EntityKey entity = view.view().entity();
    if (key.size() != entity.fields().size()) {
      throw HttpProblem.malformed(
          "a key of view %s has %d values (%s), not %d; encode a slash in a value as %%2F"
              .formatted(view.name(), entity.fields().size(), entity, key.size()));
    }
  }

  private static List<String> texts(JsonNode array, String what) throws HttpProblem {
    if (!array.isArray()) {
      throw HttpProblem.malformed(what + " must be an array");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array) {
      texts.add(text(element, what));
    }
    return texts;
  }

  /** A text, or a whole number or boolean as its text, which is what the entity's is made of. */
  private static String text(JsonNode node, String what) throws HttpProblem {
    if (!node.isTextual() && !node.isIntegralNumber() && !node.isBoolean()) {
      throw HttpProblem.malformed(
          "%s must be a text, a whole number or a boolean, not %s"
              .formatted(what, node.isMissingNode() ? "missing" : node));
    }
    String text = node.asText();
    if (!UTF_8.newEncoder().canEncode(text)) {
      throw HttpProblem.malformed(what + " contains a half of a surrogate pair");
    }
    return text;
  }

  private ViewStore view(String name) throws HttpProblem {
    ViewStore view = views.get(name);
    if (view == null) {
      throw HttpProblem.unknown(
          "UNKNOWN_VIEW", unknown("view", name, "the pipeline", List.copyOf(views.keySet())));
    }
    return view;
  }

  /**
   * The features of these names, each once: the answer has each once, and a body of 1 MB can repeat
   * a name for each of many keys.
   *
   * @param names null: all
   */
  private static List<Feature> features(ViewStore view, @Nullable List<String> names)
      throws HttpProblem {
    List<Feature> all = view.view().features();
    if (names == null) {
      return all;
    }
    List<Feature> chosen = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      chosen.add(
          all.stream()
              .filter(feature -> feature.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      HttpProblem.unknown(
                          "UNKNOWN_FEATURE",
                          unknown(
                              "feature",
                              name,
                              "view " + view.name(),
                              all.stream().map(Feature::name).toList()))));
    }
    return chosen;
  }

  private static String unknown(String what, String name, String where, List<String> known) {
    String nearest = NearestName.of(name, known);
    return "%s has no %s '%s'; %s"
        .formatted(
            where,
            what,
            name,
            nearest != null
                ? "did you mean '%s'?".formatted(nearest)
                : "it has " + String.join(", ", known));
  }
}
