package dev.millrace.features.generation;

import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.flink.job.Checkpoint;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Where the job of a generation starts.
 *
 * @param plan how the job is built
 * @param checkpoint that is restored; null: the job starts without state
 * @param isTakenOver whether the checkpoint belongs to the job from then on, so that Flink deletes
 *     it when there are newer ones
 * @param isNew whether the plan is not in the generation's record yet
 * @param base the record of the other generation whose state is restored; null: none
 */
public record StartingPoint(
    GenerationPlan plan,
    @Nullable Checkpoint checkpoint,
    boolean isTakenOver,
    boolean isNew,
    @Nullable FeatureGeneration base) {

  /** Makes the job restore the checkpoint. */
  public void restoreIn(Configuration settings) {
    if (checkpoint != null && isTakenOver) {
      checkpoint.restoreIn(settings);
    } else if (checkpoint != null) {
      checkpoint.copyIn(settings);
    }
  }

  /** The starting point in words. */
  public String text() {
    if (checkpoint == null) {
      return "starts without state and reads its sources from the beginning";
    }
    if (base == null) {
      return "resumes from " + checkpoint.path();
    }
    return "starts from %s of generation %s; backfilled: %s"
        .formatted(
            checkpoint.path(),
            base.getGeneration(),
            plan.backfills().isEmpty() ? "nothing" : String.join(", ", plan.backfills().keySet()));
  }
}
