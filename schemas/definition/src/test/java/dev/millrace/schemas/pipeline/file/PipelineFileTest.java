package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.operation.Operation;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureType;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Lookups;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.ModelInputs;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Reference;
import dev.millrace.schemas.pipeline.Retrain;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFileTest {
  private static final Drift DRIFT =
      new Drift(
          Duration.ofHours(1), Reference.TRAINING, new Budget(1, Duration.ofDays(30)), 0.02, 30);

  private final Path directory;

  PipelineFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsTheSources() {
    Pipeline pipeline = Flights.load(directory, Flights.yaml());
    assertThat(pipeline.name()).isEqualTo("flights");
    assertThat(pipeline.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
    assertThat(pipeline.partitions()).isEqualTo(4);
    assertThat(pipeline.sources()).containsOnlyKeys("departures", "arrivals");
    Source departures = pipeline.scored();
    assertThat(departures.name()).isEqualTo("departures");
    assertThat(departures.topic()).isEqualTo("departures");
    assertThat(departures.schema().getFullName()).isEqualTo("flights.Departure");
    assertThat(List.of(departures.id(), departures.key(), departures.time()))
        .containsExactly("flight_id", "origin", "departed_at");
    assertThat(departures.lateness()).isEqualTo(Duration.ofMinutes(5));
    assertThat(departures.late()).isEqualTo(LatePolicy.TOPIC);
    assertThat(departures.deduplicate()).isEqualTo(Duration.ofHours(1));
    assertThat(departures.maxAhead()).isEqualTo(Duration.ofHours(1));
    assertThat(departures.contract()).containsOnlyKeys("positive_distance");
    assertThat(pipeline.source("arrivals").lateness()).isEqualTo(Duration.ofMinutes(30));
    assertThat(pipeline.source("arrivals").contract()).isEmpty();
  }

  @Test
  void aViewIsLookedUpUnderItsNameUnlessALookupNamesIt() {
    Pipeline plain = Flights.load(directory, Flights.yaml());
    assertThat(plain.align()).isFalse();
    assertThat(plain.lookups()).hasSize(1).isEqualTo(Lookups.ofViews(plain.features()));

    String lookups =
        "lookups: {origin: {view: origin, key: origin}, to: {view: origin, key: [destination]}}";
    Pipeline both =
        Flights.load(
            directory,
            Flights.with(
                "score: departures\n", "score: departures\nalign: true\n" + lookups + "\n"));
    assertThat(both.align()).isTrue();
    assertThat(both.lookups()).containsOnlyKeys("origin", "to");
    assertThat(both.lookups().values())
        .extracting(Lookup::key)
        .containsExactly(EntityKey.of("origin"), EntityKey.of("destination"));
    assertThat(ModelInputs.variables(both.scored(), both.lookups().values()))
        .containsEntry("to.delay_minutes_count_3h", Type.DOUBLE);
    for (FeatureView view : plain.features().values()) {
      assertThat(plain.isKeyedAsScored(view)).isTrue();
      assertThat(plain.isFedByVectors(view)).as("made of another source").isFalse();
      assertThat(both.isKeyedAsScored(view)).as("looked up by another field, too").isFalse();
    }
  }

  @Test
  void vectorsFeedAViewOfTheScoredSourceWithItsKey() {
    Pipeline plain = Flights.load(directory, Flights.yaml());
    Pipeline ofArrivals =
        new Pipeline(
            "flights",
            plain.guarantee(),
            4,
            plain.sources(),
            "arrivals",
            plain.features(),
            null,
            null,
            null,
            null);
    for (FeatureView view : plain.features().values()) {
      assertThat(ofArrivals.isFedByVectors(view)).isTrue();
    }
  }

  @Test
  void readsTheViews() {
    FeatureView view = Flights.load(directory, Flights.yaml()).features().get("origin");
    assertThat(view).isNotNull();
    assertThat(view.from()).isEqualTo("arrivals");
    assertThat(view.entity()).isEqualTo(EntityKey.of("origin"));
    assertThat(view.ttl()).isEqualTo(Duration.ofDays(2));
    assertThat(view.rowWait()).isEqualTo(Wait.atMost(Duration.ofMillis(200)));
    assertThat(view.features())
        .extracting(Feature::name)
        .containsExactly(
            "delay_minutes_count_1h",
            "delay_minutes_count_3h",
            "delay_minutes_count_1d",
            "delay_minutes_avg_1h",
            "delay_minutes_avg_3h",
            "delay_minutes_avg_1d",
            "delay_minutes_max_1h",
            "delay_minutes_max_3h",
            "delay_minutes_max_1d",
            "delay_minutes_stddev_1h",
            "delay_minutes_stddev_3h",
            "delay_minutes_stddev_1d",
            "late_3h");
    Feature count = view.feature("delay_minutes_count_3h");
    assertThat(count.type()).isEqualTo(FeatureType.LONG);
    assertThat(count.input()).hasToString("delay_minutes");
    assertThat(count.where()).isNull();
    assertThat(count.window()).isEqualTo(Window.sliding(3 * 3_600_000));
    assertThat(view.feature("delay_minutes_max_1d").type()).isEqualTo(FeatureType.DOUBLE);
    Feature late = view.feature("late_3h");
    assertThat(late.operation()).isEqualTo(Operation.COUNT);
    assertThat(late.input()).isNull();
    assertThat(late.where()).hasToString("delay_minutes > 15");
  }

  @Test
  void readsTheModel() {
    Model model = Flights.load(directory, Flights.yaml()).model();
    assertThat(model).isNotNull();
    assertThat(model.name()).isEqualTo("lateness");
    assertThat(model.path()).isNull();
    assertThat(model.inputs())
        .extracting(input -> input.name() + " " + input.kind() + " " + input.type())
        .containsExactly(
            "distance SOURCE_FIELD INTEGER",
            "origin_delay_minutes_avg_3h VIEW_FEATURE NUMBER",
            "hour ON_DEMAND INTEGER",
            "late_share ON_DEMAND NUMBER");
    ModelInput share = model.inputs().get(3);
    assertThat(
            share
                .expression()
                .evaluate(Map.of("origin.late_3h", 1L, "origin.delay_minutes_count_3h", 4L)))
        .isEqualTo(0.25);
    assertThat(model.score()).isEqualTo("probabilities[1]");
    assertThat(model.positive()).isNotNull();
    assertThat(model.positive().evaluate(Map.of("score", 0.5))).isEqualTo(true);
  }

  @Test
  void readsLabelsDriftAndRetraining() {
    Pipeline pipeline = Flights.load(directory, Flights.yaml());
    Labels labels = pipeline.labels();
    assertThat(labels).isNotNull();
    assertThat(labels.from()).isEqualTo("arrivals");
    assertThat(labels.id()).isEqualTo("flight_id");
    assertThat(labels.value().resultType()).isEqualTo(Type.BOOLEAN);
    assertThat(labels.otherwise()).isNull();
    assertThat(labels.maturity()).isEqualTo(Duration.ofHours(12));
    assertThat(labels.slices()).containsExactly("origin");
    assertThat(pipeline.drift()).isEqualTo(DRIFT);
    assertThat(pipeline.retrain())
        .isEqualTo(new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ofHours(24), 5000));
  }

  @Test
  void readsAReferenceOfTheFirstPredictions() {
    String yaml = Flights.with("reference: training", "reference: {first: 7d}");
    Drift drift = Objects.requireNonNull(Flights.load(directory, yaml).drift());
    assertThat(drift.first()).isEqualTo(Duration.ofDays(7));
    assertThat(drift.window()).isEqualTo(DRIFT.window());
  }

  @Test
  void readsSlicesOfInputsThatAreTextOrBooleans() {
    String yaml =
        Flights.with(
            "    - distance\n", "    - distance\n    - origin\n    - far: distance > 900\n");
    String sliced = Flights.replace(yaml, "min_effect: 0.02", "slices: [origin, far]");
    Drift drift = Objects.requireNonNull(Flights.load(directory, sliced).drift());
    assertThat(drift.slices()).containsExactly("origin", "far");
    assertThat(drift.with(Duration.ofDays(1), null, null).slices()).isEqualTo(drift.slices());

    String ofFirst = Flights.replace(sliced, "reference: training ", "reference: {first: 7d} ");
    assertThatThrownBy(() -> Flights.load(directory, ofFirst))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(
            "drift.slices: slices are compared with the training rows of the same value, and 'reference: first' has none; expected 'reference: training', or no slices");
  }

  @Test
  void readsAReferenceByTheHourOfTheWeek() {
    String yaml = Flights.with("reference: training", "reference: hour-of-week");
    Drift drift = Objects.requireNonNull(Flights.load(directory, yaml).drift());
    assertThat(drift.reference()).isEqualTo(Reference.HOUR_OF_WEEK);
  }

  @Test
  void usesDefaultsForOmittedKeys() {
    String yaml =
        """
        name: small
        sources:
          departures:
            topic: departures
            schema: departure.avsc
            id: flight_id
            key: origin
            time: departed_at
        score: departures
        drift: {}
        retrain: {}
        """;
    Pipeline pipeline = Flights.load(directory, yaml);
    assertThat(pipeline.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
    assertThat(pipeline.partitions()).isEqualTo(4);
    assertThat(pipeline.scored().lateness()).isEqualTo(Duration.ofMinutes(5));
    assertThat(pipeline.features()).isEmpty();
    assertThat(pipeline.model()).isNull();
    assertThat(pipeline.labels()).isNull();
    assertThat(pipeline.drift()).isEqualTo(DRIFT);
    assertThat(pipeline.retrain())
        .isEqualTo(new Retrain(Set.of(Cause.values()), Duration.ofHours(24), 0));
    assertThat(pipeline.inputs())
        .extracting(input -> input.name() + " " + input.kind() + " " + input.type())
        .containsExactly(
            "origin SOURCE_FIELD TEXT",
            "destination SOURCE_FIELD TEXT",
            "distance SOURCE_FIELD INTEGER",
            "delay SOURCE_FIELD NUMBER");
  }

  @Test
  void readsAlternativeForms() {
    String yaml =
        Flights.replace(
            Flights.replace(
                Flights.replace(
                    Flights.replace(
                        Flights.with("lateness: 5m", "lateness: 0s\n    late: score"),
                        "guarantee: exactly_once",
                        "guarantee: at_least_once\npartitions: 8"),
                    "    ttl: 2d",
                    "    ttl: 2d\n    wait: forever"),
                "name: lateness",
                "name: lateness\n  path: model"),
            "maturity: 12h",
            "maturity: 12h, otherwise: false");
    Pipeline pipeline = Flights.load(directory, yaml);
    assertThat(pipeline.guarantee()).isEqualTo(Guarantee.AT_LEAST_ONCE);
    assertThat(pipeline.partitions()).isEqualTo(8);
    assertThat(pipeline.scored().lateness()).isZero();
    assertThat(pipeline.scored().late()).isEqualTo(LatePolicy.SCORE);
    assertThat(pipeline.features().values()).allMatch(view -> view.rowWait().isForever());
    assertThat(pipeline.model()).extracting(Model::path).isEqualTo(directory.resolve("model"));
    assertThat(pipeline.labels()).isNotNull();
    assertThat(pipeline.labels().otherwise()).isNotNull();
    assertThat(pipeline.labels().otherwise().evaluate(Map.of())).isEqualTo(false);
  }

  @Test
  void usesEveryFeatureAsAnInputWithoutAModel() {
    String yaml = Flights.yaml();
    String collecting =
        yaml.substring(0, yaml.indexOf("model:")) + yaml.substring(yaml.indexOf("labels:"));
    List<ModelInput> inputs = Flights.load(directory, collecting).inputs();
    assertThat(inputs).hasSize(4 + 13);
    assertThat(inputs.get(4).name()).isEqualTo("origin_delay_minutes_count_1h");
    assertThat(inputs.get(4).kind()).isEqualTo(ModelInput.Kind.VIEW_FEATURE);
  }

  @Test
  void namesFeatures() {
    String aggregates =
        """
              - {operations: [count], windows: [90m]}
              - {input: gate, operations: [last], windows: [1h]}
              - {input: diverted, operations: [last], windows: [1h], as: detour}
              - {input: delay_minutes, operations: [last, min], windows: [1h, 200ms], as: d}
        """;
    String yaml =
        Flights.with(
            "      - {operations: [count], windows: [3h], where: delay_minutes > 15, as: late}\n",
            "      - {operations: [count], windows: [3h], where: diverted, as: late}\n"
                + aggregates.indent(0));
    FeatureView view = Flights.load(directory, yaml).features().get("origin");
    assertThat(view).isNotNull();
    assertThat(view.features().subList(13, view.features().size()))
        .extracting(feature -> feature.name() + " " + feature.type())
        .containsExactly(
            "count_90m LONG",
            "gate_last_1h STRING",
            "detour_1h BOOLEAN",
            "d_last_1h LONG",
            "d_last_200ms LONG",
            "d_min_1h DOUBLE",
            "d_min_200ms DOUBLE");
  }

  @Test
  void namesFeaturesOfOperationsWithArgumentsAndOfWindows() {
    String yaml =
        Flights.with(
            "      - {operations: [count], windows: [3h], where: delay_minutes > 15, as: late}\n",
            """
                  - {operations: [count], windows: [3h], where: delay_minutes > 15, as: late}
                  - {input: delay_minutes, operations: [p50, lag_3], windows: [{fixed: 1d}, forever]}
                  - {input: gate, operations: [top_2, histogram], categories: [A1, B-2], windows: [1d]}
                  - {input: gate, operations: [histogram], categories: [A1], windows: [1d], as: gates}
                  - {input: delay_minutes > 15, operations: [share], windows: [1d], as: late_share}
                  - {operations: [since_previous, rate], windows: [1d]}
            """);
    FeatureView view = Flights.load(directory, yaml).features().get("origin");
    assertThat(view).isNotNull();
    assertThat(view.features().subList(13, view.features().size()))
        .extracting(
            feature ->
                "%s %s %s %s"
                    .formatted(
                        feature.name(),
                        feature.type(),
                        feature.operationText(),
                        feature.windowText()))
        .containsExactly(
            "delay_minutes_p50_fixed_1d DOUBLE p50 fixed 1d",
            "delay_minutes_p50_forever DOUBLE p50 forever",
            "delay_minutes_lag_3_fixed_1d LONG lag_3 fixed 1d",
            "delay_minutes_lag_3_forever LONG lag_3 forever",
            "gate_top_2_1d STRING top_2 1d",
            "gate_histogram_A1_1d LONG histogram of A1 1d",
            "gate_histogram_B_2_1d LONG histogram of B-2 1d",
            "gates_A1_1d LONG histogram of A1 1d",
            "late_share_1d DOUBLE share 1d",
            "since_previous_1d DOUBLE since_previous 1d",
            "rate_1d DOUBLE rate 1d");
    assertThat(view.feature("late_share_1d").input()).hasToString("delay_minutes > 15");
  }

  @Test
  void reportsAllMistakesAtOnceInTheOrderOfTheFile() {
    String yaml =
        Flights.replace(
            Flights.replace(
                Flights.replace(
                    Flights.with("    topic: departures ", "    tpoic: departures "),
                    "distance > 0",
                    "distanse > 0"),
                "from: arrivals\n",
                "from: arivals\n"),
            "cooldown: 24h",
            "cooldown: soon");
    Path file = directory.resolve("flights.yaml");
    assertThatThrownBy(() -> Flights.load(directory, yaml))
        .isInstanceOf(PipelineException.class)
        .hasMessage(
            """
            %1$s:5: sources.departures.tpoic: unknown key 'tpoic'; expected one of topic, schema, \
            id, key, time, lateness, late, deduplicate, max_ahead, contract; did you mean 'topic'?
            %1$s:12: sources.departures.contract.positive_distance: unknown name 'distanse' at \
            column 1 of 'distanse > 0'; expected one of flight_id, origin, destination, distance, \
            departed_at, delay; did you mean 'distance'?
            %1$s:17: features.origin.from: unknown source 'arivals'; expected one of departures, \
            arrivals, predictions, outcomes; did you mean 'arrivals'?
            %1$s:38: retrain.cooldown: 'soon' is not a duration; expected a duration such as 200ms, \
            5s, 10m, 3h or 7d"""
                .formatted(file));
  }

  @Test
  void reportsFilesThatAreNotYaml() {
    assertThatThrownBy(() -> Flights.load(directory, "name: flights\nsources: [\n"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("flights.yaml:3: not YAML: ");
    assertThatThrownBy(() -> Flights.load(directory, "# nothing\n"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("flights.yaml:1: the file is empty");
    assertThatThrownBy(() -> Flights.load(directory, "flights"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("flights.yaml:1: is a single value; expected keys and values");
    assertThatThrownBy(() -> PipelineFile.load(directory.resolve("none.yaml")))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("none.yaml:1: cannot be read: there is no such file");
  }
}
