package dev.millrace.deploy.evolution;

import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.generation.SkewAlertTopic;
import dev.millrace.deploy.platform.DefinitionStore;
import dev.millrace.deploy.platform.PartialApply;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plans and applies the change of a pipeline's definition. */
public final class Evolution {
  private final Cluster cluster;
  private final @Nullable Path workDir;
  private final Path file;
  private final Consumer<String> out;

  /** The end of a command. */
  public enum Result {
    /** The definition serves. */
    NOTHING_TO_DO,
    /** There is something to do. */
    CHANGES,
    /** The definition cannot be applied. */
    NOT_POSSIBLE
  }

  /**
   * @param workDir of the local platform; null: the processes are those of another cluster
   * @param file the pipeline file
   * @param out receives lines for people
   */
  public Evolution(Cluster cluster, @Nullable Path workDir, Path file, Consumer<String> out) {
    this.cluster = cluster;
    this.workDir = workDir == null ? null : workDir.toAbsolutePath().normalize();
    this.file = file;
    this.out = out;
  }

  /** Prints what the definition changes, and changes nothing. */
  public Result plan() throws InterruptedException {
    return result(printed(PipelineFile.load(file), interrupted()));
  }

  /**
   * Puts the definition into service on a local platform.
   *
   * @param deleteRetired whether topics are deleted that no job writes any more
   * @throws PlatformException if a step fails
   */
  @SuppressWarnings("try") // The lock is held and not used.
  public Result applyTo(RunningPlatform platform, boolean deleteRetired)
      throws InterruptedException {
    try (var lock = lock(platform.workDir())) {
      Path definition = DefinitionStore.copy(platform.workDir(), file);
      Pipeline pipeline = PipelineFile.load(definition);
      var partial = new PartialApply(platform.workDir());
      Plan plan = printed(pipeline, partial.interrupted(definition));
      var timeline = new Timeline(out, System::nanoTime);
      var apply = new Apply(platform, cluster, pipeline, definition, plan, timeline);
      if (result(plan) == Result.CHANGES) {
        out.accept("");
        apply.run();
        partial.end();
      } else if (plan.isPossible()) {
        // An earlier run may have been interrupted after it had marked the generation.
        apply.endOtherJobs();
        partial.end();
      }
      if (plan.isPossible()) {
        retire(pipeline, plan, deleteRetired);
        if (deleteRetired) {
          deleteCheckpoints(platform, pipeline);
        }
      }
      return plan.isPossible() ? Result.NOTHING_TO_DO : Result.NOT_POSSIBLE;
    } catch (IOException e) {
      throw new PlatformException(
          "%s cannot be locked: %s".formatted(platform.workDir(), e.getMessage()), e);
    }
  }

  /**
   * Does for a cluster of other processes what needs only Kafka and the registry, and prints what
   * is to be done with the processes: creates topics and schemas; when the job of the new
   * generation has been submitted, waits until its vectors have caught up.
   */
  public Result assist() throws InterruptedException {
    Pipeline pipeline = PipelineFile.load(file);
    Plan plan = printed(pipeline, null);
    if (result(plan) != Result.CHANGES) {
      return result(plan);
    }
    PipelineTopics.createWithoutLoss(cluster, pipeline);
    var known = new GenerationTopic(cluster, pipeline).read().get(plan.generation());
    // The features job of one that was retired marks it again when it is submitted.
    boolean submitted =
        known != null
            && (known.getStatus() == GenerationStatus.BACKFILLING
                || known.getStatus() == GenerationStatus.SERVING);
    if (plan.isNewGeneration() && submitted && !pipeline.lookups().isEmpty()) {
      out.accept(
          "%nWaiting until the vectors of generation %s have caught up ..."
              .formatted(plan.generation()));
      CatchUp.fromNow(cluster, pipeline, plan.serving())
          .await(
              count -> out.accept("  %,d events wait for a vector of it".formatted(count)),
              () -> {});
    }
    out.accept(ManualSteps.of(plan, submitted));
    return Result.CHANGES;
  }

  /** Marks that inference reads the vectors of the definition. */
  public Result markServing() throws InterruptedException {
    Pipeline pipeline = PipelineFile.load(file);
    var before = new GenerationTopic(cluster, pipeline).markServing(Instant.now());
    new SkewAlertTopic(cluster, pipeline)
        .resolveOthers()
        .forEach(alert -> out.accept("Resolved: alert %s".formatted(alert)));
    out.accept(
        before
            .map(
                other ->
                    "Marked as serving. The features job of generation %s can be cancelled now."
                        .formatted(other))
            .orElse("Marked as serving."));
    return Result.NOTHING_TO_DO;
  }

  /** The interrupted apply on a local platform; null if there is none. */
  private PartialApply.@Nullable Interrupted interrupted() {
    return workDir == null
        ? null
        : new PartialApply(workDir).interrupted(DefinitionStore.path(workDir, file));
  }

  private Plan printed(Pipeline pipeline, PartialApply.@Nullable Interrupted interrupted)
      throws InterruptedException {
    Plan found = Planner.plan(pipeline, Observation.of(cluster, pipeline));
    Plan plan = interrupted == null ? found : found.after(interrupted);
    if (interrupted != null) {
      out.accept(PlanText.of(interrupted, found));
    }
    out.accept(PlanText.of(plan).stripTrailing());
    return plan;
  }

  private static Result result(Plan plan) {
    if (!plan.isPossible()) {
      return Result.NOT_POSSIBLE;
    }
    return plan.isEmpty() ? Result.NOTHING_TO_DO : Result.CHANGES;
  }

  private void retire(Pipeline pipeline, Plan plan, boolean delete) throws InterruptedException {
    if (plan.retiredTopics().isEmpty()) {
      return;
    }
    if (delete) {
      new GenerationTopic(cluster, pipeline)
          .markDeleted(plan.retiredTopics()::contains, Instant.now());
      Offsets.delete(cluster, plan.retiredTopics());
      out.accept("%nDeleted: %s".formatted(String.join(", ", plan.retiredTopics())));
    } else {
      out.accept(
          "%nKept, but not written any more: %s%nThe same command with --delete-retired deletes them."
              .formatted(String.join(", ", plan.retiredTopics())));
    }
  }

  private void deleteCheckpoints(RunningPlatform platform, Pipeline pipeline)
      throws InterruptedException {
    if (!platform.isCheckpointed(pipeline)) {
      out.accept(
          "The checkpoints of deleted generations stay, since the features job has none of its own yet. The same command deletes them later.");
      return;
    }
    new DeletedGenerations(pipeline.name(), platform.featuresState())
        .deleteCheckpoints(new GenerationTopic(cluster, pipeline).read().values())
        .forEach(directory -> out.accept("Deleted: " + directory));
  }

  /** One apply at a time changes a platform. */
  private static FileChannel lock(Path workDir) throws IOException {
    var file =
        FileChannel.open(
            workDir.resolve("apply.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      // This process holds the lock.
    }
    file.close();
    throw new PlatformException("another 'millrace apply' runs in " + workDir);
  }
}
