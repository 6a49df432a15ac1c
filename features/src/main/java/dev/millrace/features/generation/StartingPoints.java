package dev.millrace.features.generation;

import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.avro.ViewVersion;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.job.CheckpointOperators;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where the job of a generation starts: its own newest checkpoint, unless another generation
 * has served since; else a savepoint that is named; else the newest checkpoint of any generation of
 * the pipeline; else nothing, and then it reads everything from the beginning.
 *
 * <p>A checkpoint from before its generation was begun again is of another plan, and one of a
 * generation whose topics were deleted tells of rows that are not there any more: neither is
 * restored.
 *
 * <p>The state of another generation can be restored if both ask the same source, neither is
 * aligned or has views of predictions or outcomes, and no view was being backfilled when it was
 * taken. Otherwise questions wait in the state of lookups, which the other generation has not.
 */
public final class StartingPoints {
  private static final Logger log = LoggerFactory.getLogger(StartingPoints.class);

  private final Pipeline pipeline;
  private final String generation;
  private final Map<String, FeatureGeneration> records;
  private final Supplier<Map<String, Backfill>> ends;
  private final Operators operators;

  /** How the operators of a job are found in its checkpoint. */
  public interface Operators {
    /** The operators of the job that took a checkpoint. */
    CheckpointOperators of(Path checkpoint) throws IOException;

    /** The uids of operators of which each job of a generation has one. */
    List<String> ofGeneration(String generation);

    /** What the uids of the sources of a view's backfill begin with. */
    List<String> ofBackfill(String view);
  }

  /**
   * @param records of all generations, by generation
   * @param ends the present ends of the topics of each view
   */
  public StartingPoints(
      Pipeline pipeline,
      Map<String, FeatureGeneration> records,
      Supplier<Map<String, Backfill>> ends,
      Operators operators) {
    this.pipeline = pipeline;
    this.generation = Generation.of(pipeline);
    this.records = records;
    this.ends = ends;
    this.operators = operators;
  }

  /**
   * The starting point.
   *
   * @param own the newest checkpoint of the generation's own job; null: none
   * @param savepoint that is restored if that is of before another generation served; null: none
   * @param others the newest checkpoints of the jobs of other generations, by generation
   * @throws IllegalArgumentException if the savepoint cannot be restored
   * @throws IllegalStateException if there is a checkpoint of its own, but no record of the
   *     generation
   */
  public StartingPoint find(
      @Nullable Checkpoint own, @Nullable Checkpoint savepoint, Map<String, Checkpoint> others) {
    if (own != null && isCurrent(own)) {
      return resumed(own);
    }
    if (savepoint != null) {
      return restored(savepoint);
    }
    Map<String, Checkpoint> all = new HashMap<>(others);
    if (own != null) {
      all.put(generation, own);
    }
    List<Map.Entry<String, Checkpoint>> newestFirst = new ArrayList<>(all.entrySet());
    newestFirst.sort(
        Comparator.comparing((Map.Entry<String, Checkpoint> each) -> each.getValue().completedAt())
            .reversed());
    for (Map.Entry<String, Checkpoint> each : newestFirst) {
      FeatureGeneration record = records.get(each.getKey());
      String obstacle = obstacle(record, each.getKey(), each.getValue());
      if (record != null && obstacle == null) {
        return from(record, each.getValue(), false);
      }
      log.warn("{} is not restored: {}", each.getValue().path(), obstacle);
    }
    return new StartingPoint(GenerationPlan.first(pipeline), null, false, true, null);
  }

  /** Whether a checkpoint of the generation's own job is of the run that is to go on. */
  private boolean isCurrent(Checkpoint own) {
    FeatureGeneration record = records.get(generation);
    if (record == null) {
      throw new IllegalStateException(
          "%s is a checkpoint of generation %s, but the topic of generations has no record of it, so it is unknown which events its views have read. Restore the topic, or move the directory away to start without state."
              .formatted(own.path(), generation));
    }
    return !GenerationRecords.isRetired(record)
        && !own.completedAt().isBefore(record.getCreatedAt());
  }

  private StartingPoint resumed(Checkpoint checkpoint) {
    FeatureGeneration record = Objects.requireNonNull(records.get(generation));
    return new StartingPoint(GenerationRecords.plan(record), checkpoint, true, false, null);
  }

  private StartingPoint restored(Checkpoint savepoint) {
    Set<String> uids = operators(savepoint).uids();
    Optional<FeatureGeneration> writer =
        records.values().stream().filter(each -> isOf(each, uids)).findFirst();
    String obstacle =
        writer.isEmpty()
            ? "no generation of pipeline %s has taken it; the known ones are %s"
                .formatted(pipeline.name(), String.join(", ", records.keySet()))
            : obstacle(writer.get(), writer.get().getGeneration(), savepoint);
    if (obstacle != null) {
      throw new IllegalArgumentException(
          "The savepoint %s cannot be restored: %s.".formatted(savepoint.path(), obstacle));
    }
    return from(writer.orElseThrow(), savepoint, true);
  }

  private boolean isOf(FeatureGeneration record, Set<String> uids) {
    return operators.ofGeneration(record.getGeneration()).stream().anyMatch(uids::contains);
  }

  private StartingPoint from(FeatureGeneration base, Checkpoint checkpoint, boolean isTakenOver) {
    if (base.getGeneration().equals(generation)) {
      return resumed(checkpoint);
    }
    Map<String, Backfill> boundaries = ends.get();
    GenerationPlan plan =
        GenerationPlan.from(GenerationRecords.base(base), pipeline, boundaries::get);
    return new StartingPoint(plan, checkpoint, isTakenOver, true, base);
  }

  /** Why the state of a generation cannot be restored; null if it can. */
  private @Nullable String obstacle(
      @Nullable FeatureGeneration record, String name, Checkpoint checkpoint) {
    if (record == null) {
      return "the topic of generations has no record of generation " + name;
    }
    if (record.getStatus() == GenerationStatus.DELETED) {
      return "topics of generation %s were deleted, so its rows would be missing".formatted(name);
    }
    if (checkpoint.completedAt().isBefore(record.getCreatedAt())) {
      return "generation %s was begun again after it was taken".formatted(name);
    }
    if (name.equals(generation)) {
      return null;
    }
    if (pipeline.align()) {
      return "an aligned pipeline starts from the beginning when a lookup or a view changes";
    }
    if (!record.getScored().equals(Generation.scored(pipeline))) {
      return "generation %s is asked by %s, and the pipeline file by %s"
          .formatted(name, record.getScored(), Generation.scored(pipeline));
    }
    if (hasFeedback(record)) {
      return "views of predictions or outcomes start from the beginning when a lookup or a view changes";
    }
    String unfinished = unfinished(record, checkpoint);
    return unfinished.isEmpty()
        ? null
        : "generation %s was backfilling %s when it was taken; start again with a checkpoint after that"
            .formatted(name, unfinished);
  }

  private boolean hasFeedback(FeatureGeneration record) {
    return pipeline.features().values().stream().anyMatch(view -> Feedback.of(view.from()) != null)
        || record.getViews().stream()
            .map(ViewVersion::getDefinition)
            .map(definition -> definition.lines().findFirst().orElse("").replace("from: ", ""))
            .anyMatch(source -> Feedback.of(source) != null);
  }

  private String unfinished(FeatureGeneration record, Checkpoint checkpoint) {
    CheckpointOperators found = operators(checkpoint);
    return record.getViews().stream()
        .filter(view -> view.getBackfillUntil() != null)
        .map(ViewVersion::getView)
        .filter(view -> !isFinished(view, found))
        .collect(Collectors.joining(", "));
  }

  private boolean isFinished(String view, CheckpointOperators found) {
    return operators.ofBackfill(view).stream()
        .allMatch(
            prefix ->
                found.uids().stream()
                    .filter(uid -> uid.startsWith(prefix))
                    .allMatch(found.finished()::contains));
  }

  private CheckpointOperators operators(Checkpoint checkpoint) {
    try {
      return operators.of(checkpoint.path());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s is not a checkpoint or savepoint that can be read: %s"
              .formatted(checkpoint.path(), e.getMessage()),
          e);
    }
  }
}
