package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON Schema of the pipeline file, for editors. */
class JsonSchemaTest {
  /** In the directory of the module's pom. */
  private static final Path FILE = Path.of("pipeline.schema.json");

  private static final Path REPOSITORY = Path.of("..", "..");
  private static final String REWRITE =
      "./mvnw -pl schemas/definition -am test -Dtest=JsonSchemaTest -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.rewrite=true";

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void equalsTheKeysOfTheReaders() throws IOException {
    String generated = JsonSchema.text();
    if (Boolean.getBoolean("millrace.rewrite")) {
      Files.writeString(FILE, generated);
    }
    assertThat(Files.readString(FILE))
        .as("%s is outdated; rewrite it with%n  %s", FILE, REWRITE)
        .isEqualTo(generated);
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void acceptsThePipelinesOfTheRepository(Path file) throws IOException {
    assertThat(mistakes(Files.readString(file))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleNamesTheSchema(Path file) throws IOException {
    String firstLine = Files.readAllLines(file).get(0);
    String prefix = "# yaml-language-server: $schema=";
    assertThat(firstLine).startsWith(prefix);
    Path named = file.resolveSibling(firstLine.substring(prefix.length()));
    assertThat(named.toRealPath()).isEqualTo(FILE.toRealPath());
  }

  static List<Path> examples() throws IOException {
    return yamlFiles(REPOSITORY.resolve("deploy/examples"));
  }

  static List<Path> pipelines() throws IOException {
    return yamlFiles(REPOSITORY);
  }

  /** The pipelines in a directory, without the copies in build directories. */
  private static List<Path> yamlFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> pipelines =
          files
              .filter(file -> file.toString().endsWith(".yaml"))
              .filter(file -> !file.toString().contains("/target/"))
              .filter(JsonSchemaTest::isPipeline)
              .sorted()
              .toList();
      assertThat(pipelines).isNotEmpty();
      return pipelines;
    }
  }

  private static boolean isPipeline(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.equals("sources:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The reader and the schema reject the same files, and the schema names the place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "guarantee: exactly| guarante: exactly| guarante",
        "exactly_once| exactly_onse| guarantee",
        "name: flights| name: my-flights| name",
        "name: flights| name: flights\\npartitions: 0| partitions",
        "    key: origin\\n    time: departed_at| # no key, no time| key",
        "lateness: 5m| lateness: 5 minutes| lateness",
        "lateness: 5m| lateness: PT5M| lateness",
        "lateness: 5m| late: scored| late",
        "  arrivals: {topic| predictions: {topic| predictions",
        "from: arrivals\\n| form: arrivals\\n| form",
        "ttl: 2d| ttl: 0d| ttl",
        "ttl: 2d| wait: never| wait",
        "windows: [1h, 3h, 1d]| windows: [1h, 3w, 1d]| windows",
        "windows: [1h, 3h, 1d]| windows: [3h, 1h, 3h]| windows",
        "windows: [1h, 3h, 1d]| windows: []| windows",
        "[count, avg, max, stddev]| [count, agv, max, stddev]| operations",
        "[count, avg, max, stddev]| [count, p100]| operations",
        "[count, avg, max, stddev]| [count, lag_17]| operations",
        "[count, avg, max, stddev]| [count, top_0]| operations",
        "windows: [1h, 3h, 1d]| windows: [{fixed: 0d}]| windows",
        "windows: [1h, 3h, 1d]| windows: [{sliding: 1d}]| windows",
        "name: lateness| name: late ness| name",
        "probabilities[1]| probabilities[x]| score",
        ", maturity: 12h| ''| maturity",
        "maturity: 12h| maturity: 0h| maturity",
        "1 per 30d| 0 per 30d| false_alarms",
        "1 per 30d| 1 per 0d| false_alarms",
        "1 per 30d| 1 a month| false_alarms",
        "min_effect: 0.02| min_effect: 2| min_effect",
        "min_effect: 0.02| slices: []| slices",
        "reference: training| reference: hour_of_week| reference",
        "reference: training| reference: {frist: 7d}| reference",
        "reference: training| reference: {first: 7 days}| first",
        "[data, prediction]| [data, predictions]| on",
        "min_labels: 5000| min_labels: -1| min_labels",
        "min_labels: 5000| call: {url: 'ftp://h/'}| url",
        "min_labels: 5000| call: {url: 'http://h/', token: {environment: T}}| environment",
        "min_labels: 5000| call: {url: 'http://h/', airflow: {}}| dag"
      })
  void rejectsWhatTheReaderRejects(
      String passage, String replacement, String key, @TempDir Path directory) throws IOException {
    String yaml = Flights.with(passage.replace("\\n", "\n"), replacement.replace("\\n", "\n"));
    assertThatThrownBy(() -> Flights.load(directory, yaml)).hasMessageContaining(key);
    assertThat(mistakes(yaml)).anyMatch(mistake -> mistake.toString().contains(key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lateness: 5m| lateness: 0s",
        "lateness: 5m| late: score",
        "ttl: 2d| wait: forever",
        "max, stddev]| p1, p10, p99, lag_1, lag_16, top_10, distinct]",
        "windows: [1h, 3h, 1d]| windows: [1h, 3h, 1d, {fixed: 1d}, forever]",
        "where: delay_minutes > 15| input: delay_minutes > 15",
        "ttl: 2d| wait: 0s",
        "maturity: 12h| maturity: 12h, otherwise: false",
        "min_effect: 0.02| min_effect: 0",
        "1 per 30d| 12 per 500ms",
        "min_labels: 5000| call: {url: 'http://h', airflow: {dag: d}, login: {user: u, password: {env: P}}}",
      })
  void acceptsWhatTheReaderAccepts(String passage, String replacement, @TempDir Path directory)
      throws IOException {
    String yaml = Flights.with(passage, replacement);
    assertThat(Flights.load(directory, yaml).name()).isEqualTo("flights");
    assertThat(mistakes(yaml)).isEmpty();
  }

  @Test
  void everyKeyHasADescription() throws IOException {
    List<JsonNode> keys = keys(YAML.readTree(Files.readString(FILE))).toList();
    assertThat(keys).hasSizeGreaterThan(40);
    assertThat(keys).allMatch(key -> key.path("description").asText().endsWith("."));
  }

  /** The table in the README has their keys and defaults. */
  @Test
  void theReadmeHasTheKeysOfLabelsDriftAndRetraining() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Pattern row = Pattern.compile("\\| `((?:labels|drift|retrain)\\.[a-z._]+)` \\|([^|]*)\\|.*");
    for (String line : Files.readAllLines(REPOSITORY.resolve("schemas/README.md"))) {
      Matcher cells = row.matcher(line);
      if (cells.matches()) {
        documented.put(cells.group(1), cells.group(2).strip().replace("`", ""));
      }
    }
    JsonNode pipeline = YAML.readTree(Files.readString(FILE)).path("properties");
    Map<String, String> defaults = new TreeMap<>();
    for (String block : List.of("labels", "drift", "retrain")) {
      addDefaults(pipeline.path(block), block + ".", defaults);
    }
    defaults.put("retrain.on", "all four");
    assertThat(documented).isEqualTo(defaults);
  }

  private static void addDefaults(JsonNode block, String path, Map<String, String> defaults) {
    List<String> required = new ArrayList<>();
    block.path("required").forEach(key -> required.add(key.asText()));
    for (Map.Entry<String, JsonNode> key : block.path("properties").properties()) {
      String otherwise = required.contains(key.getKey()) ? "required" : "";
      defaults.put(path + key.getKey(), key.getValue().path("default").asText(otherwise));
      addDefaults(key.getValue(), path + key.getKey() + ".", defaults);
    }
  }

  /** Every key at every depth. */
  private static Stream<JsonNode> keys(JsonNode node) {
    JsonNode own = node.path("properties");
    return Stream.concat(
        own.properties().stream().map(Map.Entry::getValue).filter(JsonNode::isObject),
        node.properties().stream().map(Map.Entry::getValue).flatMap(JsonSchemaTest::keys));
  }

  private static Set<ValidationMessage> mistakes(String yaml) throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.readString(FILE))
        .validate(YAML.readTree(yaml));
  }
}
