package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewVersionTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void aDefinitionIsTextThatPeopleCanCompare() {
    assertThat(ViewVersion.all(load(Flights.yaml())))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.view()).isEqualTo("origin");
              assertThat(view.version()).matches("[0-9a-f]{8}");
              assertThat(view.definition())
                  .startsWith(
                      """
                      from: arrivals
                      key: origin
                      time: arrived_at
                      late: topic
                      entity: origin
                      delay: 0s
                      align: false
                      """)
                  .contains("\nlate_3h: count over 3h where delay_minutes > 15, long\n")
                  .contains(
                      "\ndelay_minutes_avg_3h: avg of delay_minutes (long) over 3h, double\n");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "windows: [3h], where: delay_minutes > 15 | windows: [3h], where: delay_minutes > 16",
        "score: departures | align: true\\nscore: departures",
      })
  void anotherDefinitionIsAnotherVersionAndGeneration(String passage, String replacement) {
    Pipeline before = load(Flights.yaml());
    Pipeline after = load(Flights.with(passage, replacement.replace("\\n", "\n")));
    assertThat(version(after)).isNotEqualTo(version(before));
    assertThat(Generation.of(after)).isNotEqualTo(Generation.of(before));
  }

  /** An outcome counts from its label's time, or from maturity: the values depend on both. */
  @ParameterizedTest
  @ValueSource(strings = {"delay_minutes > 20", "maturity: 1d"})
  void aViewOfOutcomesDependsOnTheLabels(String changed) {
    String views =
        Flights.with(
            "model:\n",
            "  confirmed:\n    from: outcomes\n    entity: origin\n    aggregates:\n      - {input: label, operations: [share], windows: [1d]}\nmodel:\n");
    String passage = changed.startsWith("maturity") ? "maturity: 12h" : "value: delay_minutes > 15";
    String replacement = changed.startsWith("maturity") ? changed : "value: " + changed;
    assertThat(views).contains(passage);
    Map<String, String> before = versions(load(views));
    Map<String, String> after = versions(load(views.replace(passage, replacement)));
    assertThat(after.get("confirmed")).isNotEqualTo(before.get("confirmed"));
    assertThat(after.get("origin")).isEqualTo(before.get("origin"));
  }

  @Test
  void whatDoesNotChangeValuesIsNoPartOfTheVersion() {
    Pipeline before = load(Flights.yaml());
    Pipeline after = load(Flights.with("ttl: 2d", "ttl: 3d\n    wait: 1s"));
    assertThat(version(after)).isEqualTo(version(before));
    assertThat(Generation.of(after)).isEqualTo(Generation.of(before));
  }

  @Test
  void anotherLookupIsAnotherGenerationOfTheSameVersion() {
    Pipeline before = load(Flights.yaml());
    Pipeline after =
        load(
            Flights.with(
                "model:\n",
                "lookups: {origin: {view: origin, key: origin}, to: {view: origin, key: destination}}\nmodel:\n"));
    assertThat(version(after)).isEqualTo(version(before));
    assertThat(Generation.of(after)).isNotEqualTo(Generation.of(before));
    assertThat(Generation.lookups(after))
        .containsExactly("origin=origin:origin", "to=origin:destination");
  }

  /** Waiting questions hold their answers in the order of the file. */
  @Test
  void anotherOrderOfLookupsIsAnotherGeneration() {
    String lookups =
        "lookups: {origin: {view: origin, key: origin}, to: {view: origin, key: destination}}\nmodel:\n";
    String other =
        "lookups: {to: {view: origin, key: destination}, origin: {view: origin, key: origin}}\nmodel:\n";
    assertThat(Generation.of(load(Flights.with("model:\n", other))))
        .isNotEqualTo(Generation.of(load(Flights.with("model:\n", lookups))));
  }

  private Pipeline load(String yaml) {
    return Flights.load(directory, yaml);
  }

  private static Map<String, String> versions(Pipeline pipeline) {
    return ViewVersion.all(pipeline).stream()
        .collect(Collectors.toMap(ViewVersion::view, ViewVersion::version));
  }

  private static String version(Pipeline pipeline) {
    return ViewVersion.all(pipeline).get(0).version();
  }
}
