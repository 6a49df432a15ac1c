package dev.millrace.features.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.Cards;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.job.CheckpointOperators;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of the checkpoint; {@code EvolutionTest} restores them. */
class StartingPointsTest {
  private static final Backfill ENDS = new Backfill(List.of(10L, 20L), List.of(1L, 2L));
  private static final Checkpoint OLD = checkpoint("old", 1);
  private static final Checkpoint NEW = checkpoint("new", 2);

  private final Map<String, FeatureGeneration> records = new HashMap<>();
  private final Map<org.apache.flink.core.fs.Path, CheckpointOperators> operators = new HashMap<>();
  private final Pipeline before;

  StartingPointsTest(@TempDir Path directory) throws Exception {
    before = Cards.with(directory, "[last], windows: [1h]", "[last], windows: [24h]");
  }

  private static Checkpoint checkpoint(String name, int minute) {
    return new Checkpoint(Path.of("/state", name), Instant.EPOCH.plusSeconds(60L * minute));
  }

  @Test
  void withoutCheckpointsEverythingIsReadFromTheBeginning() {
    StartingPoint start = points(Cards.PIPELINE).find(null, null, Map.of());
    assertThat(start.checkpoint()).isNull();
    assertThat(start.plan()).isEqualTo(GenerationPlan.first(Cards.PIPELINE));
    assertThat(start.isNew()).isTrue();
  }

  @Test
  void theNewestOfAnotherGenerationIsCopied() {
    String other = record(before, GenerationPlan.first(before));
    operators.put(NEW.path(), new CheckpointOperators(Set.of("generation-" + other), Set.of()));
    StartingPoint start = points(Cards.PIPELINE).find(null, null, Map.of("gone", OLD, other, NEW));
    assertThat(start.checkpoint()).isEqualTo(NEW);
    assertThat(start.isTakenOver()).isFalse();
    assertThat(start.plan().backfills()).isEqualTo(Map.of("card", ENDS));
    assertThat(start.plan().order()).containsExactly("shop", "visitors", "card");
  }

  /** Its questions that wait would be lost. */
  @Test
  void anOlderOneIsTakenIfTheNewestIsOfABackfill() {
    String backfilling =
        record(
            before, new GenerationPlan(List.of("shop", "visitors", "card"), Map.of("shop", ENDS)));
    String older = "0000000a";
    FeatureGeneration without =
        GenerationRecords.record(before, begun(GenerationPlan.first(before)), null, Instant.EPOCH);
    without.setGeneration(older);
    records.put(older, without);
    Set<String> uids = Set.of("generation", "shop-backfill-1");
    operators.put(NEW.path(), new CheckpointOperators(uids, Set.of()));
    operators.put(OLD.path(), new CheckpointOperators(Set.of("generation"), Set.of()));
    Map<String, Checkpoint> others = Map.of(backfilling, NEW, older, OLD);
    assertThat(points(Cards.PIPELINE).find(null, null, others).checkpoint()).isEqualTo(OLD);

    operators.put(NEW.path(), new CheckpointOperators(uids, Set.of("shop-backfill-1")));
    StartingPoint start = points(Cards.PIPELINE).find(null, null, others);
    assertThat(start.checkpoint()).isEqualTo(NEW);
    assertThat(start.plan().backfills()).containsOnlyKeys("card", "shop");
  }

  @Test
  void anAlignedPipelineStartsFromTheBeginning() {
    String other = record(before, GenerationPlan.first(before));
    assertThat(points(Cards.aligned()).find(null, null, Map.of(other, NEW)).checkpoint()).isNull();
  }

  /** A served, then B, and now A again: what B has read since is not read again. */
  @Test
  void aGenerationThatComesBackStartsFromTheNewestState() {
    String own = record(Cards.PIPELINE, GenerationPlan.first(Cards.PIPELINE));
    String other = record(before, GenerationPlan.first(before));
    operators.put(NEW.path(), new CheckpointOperators(Set.of("generation-" + other), Set.of()));
    assertThat(points(Cards.PIPELINE).find(OLD, null, Map.of(other, NEW)).checkpoint())
        .as("while it serves")
        .isEqualTo(OLD);

    status(own, GenerationStatus.RETIRED);
    StartingPoint start = points(Cards.PIPELINE).find(OLD, null, Map.of(other, NEW));
    assertThat(start.checkpoint()).isEqualTo(NEW);
    assertThat(start.plan().backfills()).containsOnlyKeys("card");
    assertThat(start.isNew()).isTrue();
    assertThat(points(Cards.PIPELINE).find(OLD, NEW, Map.of()).checkpoint()).isEqualTo(NEW);
    assertThat(points(Cards.PIPELINE).find(NEW, null, Map.of(other, OLD)).checkpoint())
        .as("of a generation that failed at once")
        .isEqualTo(NEW);
  }

  /** An aligned pipeline cannot start from the state of another generation. */
  @Test
  void anAlignedGenerationThatComesBackGoesOn() {
    Pipeline aligned = Cards.aligned();
    String own = record(aligned, GenerationPlan.first(aligned));
    String other = record(before, GenerationPlan.first(before));
    status(own, GenerationStatus.RETIRED);
    StartingPoint start = points(aligned).find(OLD, null, Map.of(other, NEW));
    assertThat(start.checkpoint()).isEqualTo(OLD);
    assertThat(start.isNew()).isFalse();
  }

  /** Its first checkpoint after that has not come yet. */
  @Test
  void aCheckpointFromBeforeAGenerationWasBegunAgainIsNotRestored() {
    String own = record(Cards.PIPELINE, GenerationPlan.first(Cards.PIPELINE));
    Objects.requireNonNull(records.get(own)).setCreatedAt(NEW.completedAt());
    assertThat(points(Cards.PIPELINE).find(OLD, null, Map.of()).checkpoint()).isNull();
    assertThat(points(Cards.PIPELINE).find(NEW, null, Map.of()).checkpoint()).isEqualTo(NEW);
  }

  @Test
  void noStateOfAGenerationWhoseTopicsWereDeletedIsRestored() {
    String own = record(Cards.PIPELINE, GenerationPlan.first(Cards.PIPELINE));
    String other = record(before, GenerationPlan.first(before));
    status(own, GenerationStatus.DELETED);
    StartingPoint start = points(Cards.PIPELINE).find(NEW, null, Map.of(other, OLD));
    assertThat(start.checkpoint()).isEqualTo(OLD);

    status(other, GenerationStatus.DELETED);
    assertThat(points(Cards.PIPELINE).find(NEW, null, Map.of(other, OLD)).checkpoint()).isNull();
    operators.put(NEW.path(), new CheckpointOperators(Set.of("generation-" + own), Set.of()));
    assertThatThrownBy(() -> points(Cards.PIPELINE).find(null, NEW, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("topics of generation %s were deleted".formatted(own));
  }

  @Test
  void anAlignedPipelineGoesOnFromItsOwnSavepoint() {
    String own = record(Cards.aligned(), GenerationPlan.first(Cards.aligned()));
    operators.put(NEW.path(), new CheckpointOperators(Set.of("aligned-" + own), Set.of()));
    StartingPoint start = points(Cards.aligned()).find(null, NEW, Map.of());
    assertThat(start.checkpoint()).isEqualTo(NEW);
    assertThat(start.isNew()).isFalse();
  }

  @Test
  void aSavepointOfNoKnownGenerationIsAnError() {
    operators.put(NEW.path(), new CheckpointOperators(Set.of("others"), Set.of()));
    assertThatThrownBy(() -> points(Cards.PIPELINE).find(null, NEW, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no generation of pipeline cards has taken it");
  }

  @Test
  void aCheckpointWithoutARecordIsAnError() {
    assertThatThrownBy(() -> points(Cards.PIPELINE).find(NEW, null, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no record of it");
  }

  @Test
  void aRetiredGenerationIsBegunAgain() {
    GenerationPlan plan = GenerationPlan.first(before);
    String name = record(before, plan);
    FeatureGeneration known = Objects.requireNonNull(records.get(name));
    known.setStatus(GenerationStatus.RETIRED);
    Instant now = Instant.EPOCH.plusSeconds(9);
    StartingPoint again = new StartingPoint(plan, NEW, true, false, null);
    FeatureGeneration record = GenerationRecords.record(before, again, known, now);
    assertThat(record.getStatus()).isEqualTo(GenerationStatus.BACKFILLING);
    assertThat(record.getStatusAt()).isEqualTo(now);
    assertThat(record.getCreatedAt()).isEqualTo(known.getCreatedAt());
    assertThat(GenerationRecords.record(before, begun(plan), known, now).getCreatedAt())
        .isEqualTo(now);
    known.setStatus(GenerationStatus.SERVING);
    assertThat(GenerationRecords.record(before, again, known, now)).isEqualTo(known);
  }

  private void status(String generation, GenerationStatus status) {
    Objects.requireNonNull(records.get(generation)).setStatus(status);
  }

  private static StartingPoint begun(GenerationPlan plan) {
    return new StartingPoint(plan, null, false, true, null);
  }

  private String record(Pipeline pipeline, GenerationPlan plan) {
    FeatureGeneration record = GenerationRecords.record(pipeline, begun(plan), null, Instant.EPOCH);
    assertThat(GenerationRecords.plan(record)).isEqualTo(plan);
    records.put(record.getGeneration(), record);
    return Generation.of(pipeline);
  }

  private StartingPoints points(Pipeline pipeline) {
    Map<String, Backfill> ends = new HashMap<>();
    pipeline.features().keySet().forEach(view -> ends.put(view, ENDS));
    return new StartingPoints(
        pipeline,
        records,
        () -> ends,
        new StartingPoints.Operators() {
          @Override
          public CheckpointOperators of(org.apache.flink.core.fs.Path checkpoint) {
            return operators.getOrDefault(checkpoint, new CheckpointOperators(Set.of(), Set.of()));
          }

          @Override
          public List<String> ofGeneration(String generation) {
            return List.of("generation-" + generation, "aligned-" + generation);
          }

          @Override
          public List<String> ofBackfill(String view) {
            return List.of(view + "-backfill-", view + "-late-backfill-");
          }
        });
  }
}
