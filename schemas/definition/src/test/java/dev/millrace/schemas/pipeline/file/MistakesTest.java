package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class MistakesTest {
  /**
   * Each row of the table has a passage of a valid file, its replacement, and the mistake to
   * report.
   */
  @ParameterizedTest(name = "{1} at {3}: {4}")
  @CsvFileSource(resources = "/flights/mistakes.csv", delimiter = '|', quoteCharacter = '`')
  void isReported(
      String passage,
      @Nullable String replacement,
      int line,
      String key,
      String problem,
      @Nullable String nearest,
      @TempDir Path directory) {
    String yaml = Flights.with(text(passage), text(replacement == null ? "" : replacement));
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOfSatisfying(
            PipelineException.class,
            error -> {
              assertThat(error.mistakes()).as(error.getMessage()).hasSize(1);
              Mistake mistake = error.mistakes().get(0);
              assertThat(mistake.toString()).contains(problem);
              assertThat(mistake.line()).as(error.getMessage()).isEqualTo(line);
              assertThat(mistake.key()).isEqualTo(key);
              assertThat(mistake.nearest()).as(error.getMessage()).isEqualTo(nearest);
            });
  }

  private static String text(String cell) {
    return cell.replace("\\n", "\n").replace("\\p", "|").replace('␣', ' ');
  }

  @Test
  void rejectsASourceNameThatIsATopic(@TempDir Path directory) {
    String yaml = Flights.yaml().replace("arrivals", "late");
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(":13: sources.late: the name 'late' is taken");
  }

  @Test
  void rejectsAViewNameThatIsACelKeyword(@TempDir Path directory) {
    String yaml = Flights.with("  origin:    ", "  in:   ").replace("origin.", "in.");
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(":16: features.in: the name 'in' is taken");
  }

  @Test
  void rejectsCollectedInputsWithTheSameName(@TempDir Path directory) {
    String all = Flights.yaml();
    String yaml =
        Flights.replace(
            all.substring(0, all.indexOf("model:")),
            "score: departures\nfeatures:\n",
            """
            score: departures
            features:
              origin_late:
                from: arrivals
                entity: origin
                aggregates: [{operations: [count], windows: [3h], as: x}]
            """);
    String collision = Flights.replace(yaml, "as: late}", "as: late_x}");
    assertThatThrownBy(() -> Flights.load(directory, collision))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("would be the second input 'origin_late_x_3h'");
  }

  /** The trigger would wait forever. */
  @Test
  void includeRetrainingThatWaitsForLabelsWithoutASource(@TempDir Path directory) {
    String labels =
        "labels: {from: arrivals, id: flight_id, value: delay_minutes > 15, maturity: 12h, slices: [origin]}";
    assertThatThrownBy(() -> Flights.load(directory, Flights.with(labels, "")))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(
            ":38: retrain.min_labels: there are no labels to wait for; expected a 'labels' section, or 0");
  }

  @Test
  void includeRetrainingForConceptDriftWithoutLabels(@TempDir Path directory) {
    String yaml =
        Flights.with(
                "labels: {from: arrivals, id: flight_id, value: delay_minutes > 15, maturity: 12h, slices: [origin]}",
                "")
            .replace("on: [data, prediction]", "on: [concept]")
            .replace(", min_labels: 5000", "");
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(
            ":38: retrain.on[0]: concept drift is found with labels, and there are none; expected a 'labels' section");
  }

  @Test
  void ofAViewAreNotRepeatedForTheModel(@TempDir Path directory) {
    String yaml = Flights.with("input: delay_minutes", "input: delay_minute");
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOfSatisfying(
            PipelineException.class, error -> assertThat(error.mistakes()).hasSize(1));
  }
}
