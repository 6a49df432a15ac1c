package dev.millrace.features;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeaturesJobTest {
  private static StreamGraph graph(Path savepoint) {
    return graph(savepoint, Cards.PIPELINE);
  }

  private static StreamGraph graph(Path savepoint, Pipeline pipeline) {
    return graph(savepoint, pipeline, GenerationPlan.first(pipeline));
  }

  private static StreamGraph graph(Path savepoint, Pipeline pipeline, GenerationPlan plan) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            FeaturesMain.settings(Duration.ofSeconds(10))
                .set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toString()));
    Properties kafka = new Properties();
    kafka.setProperty("bootstrap.servers", "localhost:9092");
    new FeaturesJob(
            pipeline,
            plan,
            kafka,
            () -> Cards.REGISTRY,
            WrittenSchemas.register(Cards.REGISTRY, pipeline, FeaturesJob.writtenTopics(pipeline)))
        .addTo(env);
    return env.getStreamGraph();
  }

  /** State is restored by uid: if the uid in a line changes, the job loses that state. */
  @Test
  void theGraphEqualsTheGoldenFile() throws Exception {
    StreamGraph graph = graph(Path.of("/somewhere"));
    String nodes =
        graph.getStreamNodes().stream()
            .sorted(Comparator.comparingInt(StreamNode::getId))
            .map(node -> line(graph, node))
            .collect(joining("\n", "", "\n"));
    Path golden = Path.of(Objects.requireNonNull(getClass().getResource("/job-graph.txt")).toURI());
    assertThat(nodes).isEqualTo(Files.readString(golden, StandardCharsets.UTF_8));
  }

  private static String line(StreamGraph graph, StreamNode node) {
    String inputs =
        node.getInEdges().stream()
            .map(
                edge -> edge.getPartitioner() + " " + graph.getSourceVertex(edge).getOperatorName())
            .collect(joining(", "));
    return "%s [%s]%s"
        .formatted(
            node.getOperatorName(),
            node.getTransformationUID(),
            inputs.isEmpty() ? "" : " <- " + inputs);
  }

  /** The uids of the operators that have state. */
  private static Set<String> uids(Pipeline pipeline) {
    return graph(Path.of("/somewhere"), pipeline).getStreamNodes().stream()
        .map(StreamNode::getTransformationUID)
        .filter(uid -> uid.matches(".*-(events|lookup)-.*"))
        .collect(toSet());
  }

  /** Only the lookup of the changed view: its source keeps its positions. */
  @Test
  void aChangedViewStartsWithoutState(@TempDir Path dir) throws Exception {
    Pipeline changed = Cards.with(dir, "[last], windows: [1h]", "[last], windows: [24h]");
    Set<String> kept = new HashSet<>(uids(Cards.PIPELINE));
    kept.retainAll(uids(changed));
    assertThat(uids(Cards.PIPELINE)).hasSize(6);
    assertThat(kept)
        .extracting(uid -> uid.replaceAll("-[0-9a-f]{12}$", ""))
        .containsExactlyInAnyOrder(
            "payments-events",
            "payments-late-events",
            "visits-events",
            "shop-lookup",
            "visitors-lookup");
  }

  /**
   * Flink rejects a savepoint with which a job stops if a task of a source has state that all
   * subtasks read, and not all of them stop at the same time.
   */
  @Test
  void theClockIsNotInTheTaskOfASource() {
    for (Pipeline pipeline : List.of(Cards.PIPELINE, Cards.aligned())) {
      StreamGraph graph = graph(Path.of("/somewhere"), pipeline, GenerationPlan.first(pipeline));
      List<String> tasks = new ArrayList<>();
      graph.getJobGraph().getVertices().forEach(vertex -> tasks.add(vertex.getName()));
      assertThat(tasks).filteredOn(name -> name.contains("questions-clock")).hasSize(1);
      assertThat(tasks)
          .filteredOn(name -> name.contains("Source:"))
          .isNotEmpty()
          .noneMatch(name -> name.contains("questions-clock"));
    }
  }

  /** The lookup of a backfilled view is the last, and has two inputs more. */
  @Test
  void aBackfilledViewHasInputsOfItsOwn() {
    GenerationPlan plan =
        new GenerationPlan(
            List.of("visitors", "shop", "card"),
            Map.of("card", new Backfill(List.of(5L, 7L), List.of(1L, 0L))));
    StreamGraph graph = graph(Path.of("/somewhere"), Cards.PIPELINE, plan);
    assertThat(
            graph.getStreamNodes().stream()
                .map(node -> line(graph, node).replaceAll("-[0-9a-f]{12}]", "-*]")))
        .contains(
            "visitors-lookup [visitors-lookup-*] <- HASH questions-clock, HASH visitors-input",
            "shop-lookup [shop-lookup-*] <- HASH visitors-lookup, HASH shop-input, HASH shop-late-input",
            "card-lookup [card-lookup-*] <- HASH shop-lookup, HASH card-input, HASH card-late-input, HASH card-backfill-input, HASH card-late-backfill-input",
            "card-backfill-input [card-backfill-input-*] <- FORWARD card-backfill-view-events",
            "card-backfill-view-events [card-backfill-view-events-*] <- FORWARD Source: card-backfill",
            "Source: card-backfill [card-backfill-*]",
            "Source: card-late-backfill [card-late-backfill-*]");
    assertThat(graph.getJobGraph().getVertices()).isNotEmpty();
  }

  /** Each lookup holds questions of the scored source, so all positions and states go together. */
  @Test
  void aChangedViewOfAnAlignedPipelineStartsAllWithoutState(@TempDir Path dir) throws Exception {
    Pipeline aligned = Cards.with(dir, "score: payments", "score: payments\nalign: true");
    Path other = Files.createDirectory(dir.resolve("changed"));
    Pipeline changed =
        Cards.with(
            other,
            "score: payments\nfeatures:\n  card:",
            "score: payments\nalign: true\nfeatures:\n  cards:");
    Set<String> kept = new HashSet<>(uids(aligned));
    assertThat(kept).hasSize(5);
    kept.retainAll(uids(changed));
    assertThat(kept).isEmpty();
  }

  @Test
  void theTtlIsNotPartOfTheUids(@TempDir Path dir) throws Exception {
    assertThat(uids(Cards.with(dir, "ttl: 30d", "ttl: 7d"))).isEqualTo(uids(Cards.PIPELINE));
  }

  /** Sources, operators and sinks are serializable. */
  @Test
  void theJobCanBeSubmitted() {
    assertThat(graph(Path.of("/somewhere")).getJobGraph().getVertices()).isNotEmpty();
  }

  /** Predictions and outcomes are read once by id, with state that belongs to their positions. */
  @Test
  void theJobOfViewsOfPredictionsCanBeSubmitted() {
    StreamGraph graph = graph(Path.of("/somewhere"), Cards.feedback());
    assertThat(graph.getJobGraph().getVertices()).isNotEmpty();
    assertThat(graph.getStreamNodes().stream().map(node -> line(graph, node)))
        .anyMatch(line -> line.matches("predictions-once \\[predictions-once-.*<- HASH .*"))
        .anyMatch(line -> line.matches("outcomes-once \\[outcomes-once-.*<- HASH .*"))
        .anyMatch(line -> line.matches("past-lookup .*HASH past-input"))
        .noneMatch(line -> line.contains("predictions-late-events"));
  }

  @Test
  void theJobResumesFromACheckpoint() {
    assertThat(graph(Path.of("/somewhere/chk-1")).getSavepointRestoreSettings().getRestorePath())
        .isEqualTo("/somewhere/chk-1");
  }
}
