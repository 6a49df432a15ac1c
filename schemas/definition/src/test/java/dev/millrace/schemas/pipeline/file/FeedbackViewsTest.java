package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views made of predictions and outcomes. */
class FeedbackViewsTest {
  private static final String VIEWS =
      """
      features:
        past:
          from: predictions
          entity: origin
          aggregates:
            - {input: score, operations: [avg], windows: [1d]}
            - {operations: [count], windows: [1d], where: positive && distance > 100, as: far}
        confirmed:
          from: outcomes
          entity: destination
          delay: 250ms
          aggregates:
            - {input: label, operations: [share], windows: [30d], where: label_status == 'OBSERVED'}
            - {input: delay, operations: [avg], windows: [30d]}
      """;

  private final Path directory;

  FeedbackViewsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static String yaml(String views) {
    return Flights.with("features:\n", views);
  }

  private Pipeline load(String yaml) {
    return Flights.load(directory, yaml);
  }

  @Test
  void haveTheFieldsOfTheScoredEventAndTheirOwn() {
    Pipeline pipeline = load(yaml(VIEWS));
    FeatureView past = Objects.requireNonNull(pipeline.features().get("past"));
    FeatureView confirmed = Objects.requireNonNull(pipeline.features().get("confirmed"));
    assertThat(List.of(past.delay(), confirmed.delay()))
        .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(250));
    FeatureView origin = Objects.requireNonNull(pipeline.features().get("origin"));
    assertThat(origin.delay()).isZero();
    Map<String, Type> labeled = Fields.types(pipeline.source("outcomes").schema());
    assertThat(labeled)
        .containsEntry("label", Type.BOOLEAN)
        .containsEntry("label_status", Type.STRING)
        .containsEntry("departed_at", Type.TIMESTAMP)
        .containsEntry("delay", Type.DOUBLE);
    assertThat(Fields.types(pipeline.source("predictions").schema()))
        .containsKeys("score", "positive")
        .doesNotContainKey("label");
    assertThat(pipeline.featureSources().stream().map(Source::name))
        .containsExactly("departures", "arrivals", "predictions", "outcomes");
  }

  @Test
  void predictionsContainOnlyTheFieldsThatTheyUse() {
    assertThat(load(yaml(VIEWS)).contextFields())
        .containsExactly("origin", "destination", "distance", "delay");
    assertThat(load(Flights.yaml()).contextFields()).isEmpty();
  }

  @Test
  void aNumberIsALabel() {
    String yaml = yaml(VIEWS.replace("[share]", "[avg]"));
    String number = Flights.replace(yaml, "value: delay_minutes > 15", "value: delay_minutes");
    assertThat(Fields.types(load(number).source("outcomes").schema()))
        .containsEntry("label", Type.DOUBLE);
  }

  @Test
  void lackNothingThatTheyUse() {
    String noLabels = yaml(VIEWS).replaceAll("(?m)^(labels|retrain):.*\n", "");
    assertWrong(noLabels, "features.confirmed.from: the pipeline has no labels, and without them");
    String noModel = yaml(VIEWS).replaceAll("(?s)model:.*?\nlabels", "labels");
    assertWrong(noModel, "features.past.from: view 'past' uses the score, but without a model");
    assertWrong(
        Flights.replace(yaml(VIEWS), "  positive: score >= 0.5\n", ""),
        "features.past.from: view 'past' uses positive, but the model does not say");
    String unscored =
        VIEWS.replace("{input: score,", "{input: distance,").replace("positive &&", "");
    assertThat(load(yaml(unscored).replaceAll("(?s)model:.*?\nlabels", "labels")).model()).isNull();
  }

  @Test
  void delaysAreForThemOnly() {
    assertWrong(
        Flights.with("    ttl: 2d\n", "    delay: 1s\n"),
        "features.origin.delay: view 'origin' is made of a source of producers");
    assertWrong(yaml(VIEWS.replace("250ms", "0s")), "features.confirmed.delay: is zero");
  }

  @Test
  void otherNamesAreNotKnown() {
    assertWrong(yaml(VIEWS.replace("from: outcomes", "from: outcome")), "unknown source 'outcome'");
    assertWrong(
        Flights.with("score: departures\n", "score: predictions\n"),
        "unknown source 'predictions'");
    assertWrong(yaml(VIEWS.replace("input: score,", "input: label,")), "unknown field 'label'");
  }

  private void assertWrong(String yaml, String message) {
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(message);
  }
}
