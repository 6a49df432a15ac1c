package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.generation.DefinitionParts;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.testing.ExamplePipeline;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
  private static final String VIEW =
      """
        busy:
          from: departures
          entity: origin
          aggregates:
            - {operations: [count], windows: [1h]}
      """;

  private final Path file;
  private final Pipeline serving;

  PlannerTest(@TempDir Path directory) {
    this.file = ExamplePipeline.FLIGHTS.writeTo(directory);
    this.serving = PipelineFile.load(file);
  }

  @Test
  void theSameDefinitionChangesNothing() {
    Plan plan = Planner.plan(serving, observed(serving));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.restarts()).isEmpty();
    assertThat(PlanText.of(plan))
        .isEqualToIgnoringNewLines(
            "flights: no changes; generation %s serves".formatted(Generation.of(serving)));
  }

  @Test
  void aChangedAndANewViewNeedAnotherGeneration() throws IOException {
    Pipeline changed =
        changed(
            "windows: [1h, 3h, 1d]", "windows: [1h, 3h, 2d]", "features:\n", "features:\n" + VIEW);
    Plan plan = Planner.plan(changed, observed(serving));

    assertThat(plan.isNewGeneration()).isTrue();
    assertThat(plan.isPossible()).isTrue();
    assertThat(plan.restarts()).containsExactly(Affected.FEATURES, Affected.INFERENCE);
    String text = PlanText.of(plan);
    System.out.println(text);
    String before = originVersion(serving);
    String after = originVersion(changed);
    assertThat(text)
        .contains(
            "views: 1 changed, 1 new; generation %s -> %s"
                .formatted(plan.serving(), plan.generation()))
        .contains("~ changed   view origin  %s -> %s".formatted(before, after))
        .containsPattern("- delay_minutes_avg_1d: .* over 1d")
        .containsPattern("\\+ delay_minutes_avg_2d: .* over 2d")
        .contains(
            "backfilled from millrace.flights.arrivals: at most 70 records (offsets of partition 0: 10 to 60, 1: 0 to 20)")
        .contains("+ new       view busy  version ")
        .contains("+ busy=busy:origin")
        .contains("+ millrace.flights.features.origin." + after)
        .contains("- millrace.flights.features.origin." + before)
        .contains("- millrace.flights.vectors." + plan.serving())
        .contains("a job of the new generation beside the running one")
        .contains("drift      stays");
  }

  /** The features job does not accept a savepoint then, so none must be written for it. */
  @Test
  void viewsOfPredictionsStartFromTheBeginning() throws IOException {
    Pipeline changed =
        changed(
            "features:\n", "features:\n" + VIEW.replace("from: departures", "from: predictions"));
    Plan added = Planner.plan(changed, observed(serving));
    assertThat(added.freshStart())
        .isEqualTo("views of predictions or outcomes are read from the beginning");
    assertThat(Planner.plan(serving, observed(changed)).freshStart()).isEqualTo(added.freshStart());
  }

  /** It is not read from the beginning, although it cannot start from the one that serves. */
  @Test
  void anAlignedGenerationThatComesBackGoesOn() throws IOException {
    Pipeline before = changed("score: departures", "score: departures\nalign: true");
    Pipeline now =
        changed("score: departures", "score: departures\nalign: true", "3h, 1d]", "3h, 2d]");
    String name = Generation.of(before);
    Map<String, FeatureGeneration> generations = new LinkedHashMap<>(observed(now).generations());
    generations.put(name, generation(before, name, GenerationStatus.RETIRED));
    Plan plan = Planner.plan(before, with(generations));
    assertThat(plan.freshStart()).as("no savepoint is written").isNotNull();
    assertThat(plan.backfills()).isEmpty();
    assertThat(PlanText.of(plan))
        .contains("goes on from the newest checkpoint of generation " + name)
        .doesNotContain("backfilled from");

    generations.put(name, generation(before, name, GenerationStatus.DELETED));
    Plan anew = Planner.plan(before, with(generations));
    assertThat(anew.backfills()).isNotEmpty();
    assertThat(PlanText.of(anew)).contains("  Every view is read from the beginning");
  }

  private Observed with(Map<String, FeatureGeneration> generations) {
    return new Observed(
        generations, observed(serving).topics(), observed(serving).ranges(), Map.of());
  }

  @Test
  void valuesAreWrittenAsInTheFile() throws IOException {
    Plan plan =
        Planner.plan(
            changed("false_alarms: 1 per 30d", "false_alarms: 2 per 7d"), observed(serving));
    assertThat(PlanText.of(plan)).contains("- false_alarms: 1 per 30d", "+ false_alarms: 2 per 7d");
  }

  @Test
  void aCallIsShownWithoutItsSecrets() throws IOException {
    String call =
        "call: {url: 'http://h/?key=s3cret', login: {user: me, password: {env: PASSWORD}}}";
    Plan plan =
        Planner.plan(changed("min_labels: 5000", "min_labels: 5000, " + call), observed(serving));
    assertThat(PlanText.of(plan))
        .doesNotContain("s3cret")
        .contains(
            "+ call url: http://h/, SHA-256 of the query ",
            "+ call login: me, env PASSWORD",
            "+ call max_age: 7d",
            "drift      stays",
            "retrain    restarts");
  }

  @Test
  void onlyTheProcessesThatReadAChangedPartRestart() throws IOException {
    assertThat(restarts("positive_distance: distance > 0", "positive_distance: distance > 1"))
        .containsExactly(Affected.INGEST);
    assertThat(restarts("ttl: 2d", "ttl: 3d"))
        .containsExactly(Affected.FEATURES, Affected.INFERENCE);
    assertThat(restarts("min_effect: 0.02", "min_effect: 0.03")).containsExactly(Affected.DRIFT);
    assertThat(restarts("maturity: 12h", "maturity: 13h")).containsExactly(Affected.DRIFT);
    assertThat(restarts("min_labels: 5000", "min_labels: 5000, call: {url: 'http://localhost/'}"))
        .containsExactly(Affected.RETRAIN);
    assertThat(restarts("min_labels: 5000", "min_labels: 4999")).containsExactly(Affected.DRIFT);
    assertThat(restarts("positive: score >= 0.5", "positive: score >= 0.6"))
        .containsExactly(Affected.INFERENCE, Affected.DRIFT);
    assertThat(restarts("lateness: 30m", "lateness: 31m"))
        .containsExactly(Affected.INGEST, Affected.FEATURES, Affected.DRIFT);
  }

  @Test
  void anotherShadowRestartsInferenceAlone() throws IOException {
    for (String name : List.of("one", "two", "three")) {
      Path model = Files.createDirectory(file.resolveSibling(name));
      Files.writeString(ModelArtifact.model(model), name);
    }
    String keys = "  name: lateness\n  path: one\n";
    Pipeline before = changed("  name: lateness\n", keys + "  shadow: two\n");
    Pipeline after = changed("  name: lateness\n", keys + "  shadow: three\n");

    Plan plan = Planner.plan(after, observed(before));

    assertThat(plan.restarts()).containsExactly(Affected.INFERENCE);
    assertThat(PlanText.of(plan)).contains("shadow");
  }

  private Iterable<Affected> restarts(String before, String after) throws IOException {
    Plan plan = Planner.plan(changed(before, after), observed(serving));
    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.isNewGeneration()).isFalse();
    return plan.restarts();
  }

  @Test
  void whatCannotChangeIsAProblem() throws IOException {
    Plan partitions =
        Planner.plan(
            changed("score: departures", "partitions: 8\nscore: departures"), observed(serving));
    assertThat(partitions.isPossible()).isFalse();
    assertThat(PlanText.of(partitions)).contains("Not possible:", "partitions cannot change");

    Observed rejected =
        new Observed(
            observed(serving).generations(),
            observed(serving).topics(),
            Map.of(),
            Map.of("millrace.flights.predictions-value", List.of("NAME_MISMATCH at /fields/3")));
    Plan schema = Planner.plan(changed("ttl: 2d", "ttl: 3d"), rejected);
    assertThat(schema.isPossible()).isFalse();
    assertThat(PlanText.of(schema))
        .contains("! millrace.flights.predictions-value", "NAME_MISMATCH at /fields/3");
  }

  @Test
  void aGenerationThatWasBegunAndIsNotWantedEnds() {
    Map<String, FeatureGeneration> generations =
        new LinkedHashMap<>(observed(serving).generations());
    generations.put("0badcafe", generation(serving, "0badcafe", GenerationStatus.BACKFILLING));
    Plan plan =
        Planner.plan(
            serving, new Observed(generations, observed(serving).topics(), Map.of(), Map.of()));

    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.isNewGeneration()).isFalse();
    assertThat(PlanText.of(plan)).contains("the job of generation 0badcafe, begun before, ends");
  }

  @Test
  void withoutAGenerationThatServesEverythingIsNew() {
    Plan plan = Planner.plan(serving, new Observed(Map.of(), new TreeSet<>(), Map.of(), Map.of()));

    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.restarts()).containsExactly(Affected.values());
    assertThat(PlanText.of(plan)).contains("nothing is known to serve");
  }

  private static String originVersion(Pipeline pipeline) {
    return ViewVersion.all(pipeline).stream()
        .filter(view -> view.view().equals("origin"))
        .findFirst()
        .orElseThrow()
        .version();
  }

  /** Pairs of a text and its replacement. */
  private Pipeline changed(String... replacements) throws IOException {
    String text = ExamplePipeline.FLIGHTS.yaml();
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(text).contains(replacements[i]);
      text = text.replace(replacements[i], replacements[i + 1]);
    }
    return PipelineFile.load(Files.writeString(file, text));
  }

  private static Observed observed(Pipeline serving) {
    var topics = new TreeSet<String>();
    Topics.of(serving).forEach(topic -> topics.add(topic.name()));
    String generation = Generation.of(serving);
    return new Observed(
        Map.of(generation, generation(serving, generation, GenerationStatus.SERVING)),
        topics,
        Map.of(
            "millrace.flights.arrivals",
            List.of(new Plan.Range(0, 10, 60), new Plan.Range(1, 0, 20))),
        Map.of());
  }

  private static FeatureGeneration generation(
      Pipeline pipeline, String name, GenerationStatus status) {
    List<dev.millrace.schemas.avro.ViewVersion> views = new ArrayList<>();
    for (ViewVersion view : ViewVersion.all(pipeline)) {
      views.add(
          dev.millrace.schemas.avro.ViewVersion.newBuilder()
              .setView(view.view())
              .setVersion(view.version())
              .setDefinition(view.definition())
              .build());
    }
    return FeatureGeneration.newBuilder()
        .setGeneration(name)
        .setScored(Generation.scored(pipeline))
        .setCreatedAt(Instant.EPOCH)
        .setStatus(status)
        .setStatusAt(Instant.EPOCH)
        .setViews(views)
        .setLookups(Generation.lookups(pipeline))
        .setParts(DefinitionParts.of(pipeline))
        .build();
  }
}
