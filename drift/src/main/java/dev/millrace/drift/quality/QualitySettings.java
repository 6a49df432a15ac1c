package dev.millrace.drift.quality;

import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What quality is computed of.
 *
 * @param pipeline its name
 * @param model name of the model
 * @param isBinary whether labels are 0 or 1: a condition, or a number where the model decides
 * @param condition the decision of the model; null: it makes none
 * @param windowMillis length of a window
 * @param maturityMillis time after which labels are complete; null without labels
 * @param minSamples rows below which slices are not compared
 * @param minRatio see {@link Fairness}
 * @param alpha probability that the budget of false alarms grants to one window
 */
public record QualitySettings(
    String pipeline,
    String model,
    boolean isBinary,
    @Nullable String condition,
    long windowMillis,
    @Nullable Long maturityMillis,
    int minSamples,
    double minRatio,
    double alpha)
    implements Serializable {
  /** The highest level of a window, whatever the budget: Fisher's conventional 5 %. */
  private static final double LAXEST = 0.05;

  /** The settings of a pipeline; null if it has no model or no drift windows. */
  public static @Nullable QualitySettings of(Pipeline pipeline) {
    Model model = pipeline.model();
    Drift drift = pipeline.drift();
    if (model == null || drift == null) {
      return null;
    }
    Labels labels = pipeline.labels();
    boolean isCondition = labels == null || labels.value().resultType() == Type.BOOLEAN;
    double windows =
        (double) drift.falseAlarms().per().toMillis()
            / drift.window().toMillis()
            / drift.falseAlarms().alarms();
    return new QualitySettings(
        pipeline.name(),
        model.name(),
        isCondition || model.positive() != null,
        model.positive() == null ? null : model.positive().source(),
        drift.window().toMillis(),
        labels == null ? null : labels.maturity().toMillis(),
        drift.minSamples(),
        drift.minRatio(),
        Math.min(LAXEST, 1 / windows));
  }
}
