package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The alert rules as rules that Grafana manages, in the format of its provisioning. Expressions,
 * durations, labels and texts are those of Prometheus.
 */
final class GrafanaRules {
  /** The uid of deploy/grafana/provisioning/datasources. */
  private static final String PROMETHEUS = "prometheus";

  private static final String HEADER =
      """
      # Made from deploy/prometheus/rules by GrafanaRulesTest, which compares both; do not edit.
      # Mount this directory at /etc/grafana/provisioning/alerting only where Grafana notifies in place of Alertmanager.
      """;

  private static final ObjectMapper YAML =
      new ObjectMapper(
          new YAMLFactory()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE));

  private GrafanaRules() {}

  /** The text of the file. */
  static String text() throws IOException {
    List<Object> groups = new ArrayList<>();
    for (Path file : MonitoringFiles.files(MonitoringFiles.PROMETHEUS.resolve("rules"), ".yml")) {
      for (JsonNode group : MonitoringFiles.yaml(file).path("groups")) {
        List<Object> rules = new ArrayList<>();
        group.path("rules").forEach(rule -> add(rules, rule));
        if (!rules.isEmpty()) {
          groups.add(
              ordered(
                  "orgId",
                  1,
                  "name",
                  group.path("name").asText(),
                  "folder",
                  "Millrace",
                  // A multiple of 10 s, the interval of Grafana's scheduler.
                  "interval",
                  "30s",
                  "rules",
                  rules));
        }
      }
    }
    return HEADER + YAML.writeValueAsString(ordered("apiVersion", 1, "groups", groups));
  }

  private static void add(List<Object> rules, JsonNode rule) {
    if (!rule.has("alert")) {
      return;
    }
    String name = rule.path("alert").asText();
    Map<String, Object> result =
        ordered(
            "uid",
            uid(name),
            "title",
            name,
            "condition",
            "C",
            "data",
            List.of(query(rule.path("expr").asText().strip()), anyValue(), positive()),
            // The expressions have no result while all is well.
            "noDataState",
            "OK",
            "execErrState",
            "Error",
            "for",
            rule.path("for").asText("0s"));
    if (rule.has("keep_firing_for")) {
      result.put("keepFiringFor", rule.path("keep_firing_for").asText());
    }
    result.put("labels", rule.path("labels"));
    Map<String, String> annotations = new LinkedHashMap<>();
    rule.path("annotations")
        .properties()
        .forEach(
            each ->
                annotations.put(
                    each.getKey(),
                    // Without a dollar, since Grafana expands variables of its environment.
                    each.getValue()
                        .asText()
                        .replace("$labels", ".Labels")
                        .replace("$value", ".Values.A.Value")));
    result.put("annotations", annotations);
    rules.add(result);
  }

  /** MillraceTargetDown is millrace-target-down; Grafana allows 40 characters. */
  private static String uid(String name) {
    return name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> query(String expression) {
    return ordered(
        "refId",
        "A",
        "relativeTimeRange",
        ordered("from", 600, "to", 0),
        "datasourceUid",
        PROMETHEUS,
        "model",
        ordered("refId", "A", "expr", expression, "instant", true, "range", false));
  }

  /** As in Prometheus each series that the query returns is an alert, whatever its value. */
  private static Map<String, Object> anyValue() {
    return ordered(
        "refId", "B",
        "datasourceUid", "__expr__",
        "model",
            ordered(
                "refId", "B",
                "type", "math",
                "expression", "is_number($A) || is_nan($A) || is_inf($A)"));
  }

  private static Map<String, Object> positive() {
    return ordered(
        "refId", "C",
        "datasourceUid", "__expr__",
        "model",
            ordered(
                "refId", "C",
                "type", "threshold",
                "expression", "B",
                "conditions",
                    List.of(ordered("evaluator", ordered("type", "gt", "params", List.of(0))))));
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
