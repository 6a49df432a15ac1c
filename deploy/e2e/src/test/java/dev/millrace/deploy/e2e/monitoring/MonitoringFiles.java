package dev.millrace.deploy.e2e.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of deploy/prometheus, deploy/grafana and deploy/runbooks. */
public final class MonitoringFiles {
  // Maven runs the tests of a module in its directory.
  private static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();

  public static final Path PROMETHEUS = DEPLOY.resolve("prometheus");
  public static final Path GRAFANA = DEPLOY.resolve("grafana");
  public static final Path RUNBOOKS = DEPLOY.resolve("runbooks");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();

  private MonitoringFiles() {}

  /**
   * An alert of a rule file.
   *
   * @param name of the alert
   * @param expression in PromQL
   * @param rule all of it
   */
  public record Alert(String name, String expression, JsonNode rule) {}

  /** Every alert, in the order of files and lines. */
  public static List<Alert> alerts() {
    List<Alert> alerts = new ArrayList<>();
    for (JsonNode rule : rules()) {
      if (rule.has("alert")) {
        alerts.add(new Alert(rule.path("alert").asText(), rule.path("expr").asText(), rule));
      }
    }
    return alerts;
  }

  /** The names of the recording rules. */
  public static List<String> recorded() {
    return rules().stream()
        .filter(rule -> rule.has("record"))
        .map(rule -> rule.path("record").asText())
        .toList();
  }

  /** Every rule. */
  public static List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    for (Path file : files(PROMETHEUS.resolve("rules"), ".yml")) {
      for (JsonNode group : yaml(file).path("groups")) {
        group.path("rules").forEach(rules::add);
      }
    }
    return rules;
  }

  /** The dashboards by file name. */
  public static List<Path> dashboards() {
    return files(GRAFANA.resolve("dashboards"), ".json");
  }

  public static JsonNode yaml(Path file) {
    return read(YAML, file);
  }

  public static JsonNode json(Path file) {
    return read(JSON, file);
  }

  /** The files of a directory whose names have an ending, sorted. */
  public static List<Path> files(Path directory, String ending) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file. */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(ObjectMapper mapper, Path file) {
    try {
      return mapper.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
