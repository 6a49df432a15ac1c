package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.CalmSpan;
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
 * @param span length of a window, and of calm windows
 * @param maturityMillis time after which labels are complete; null without labels
 * @param minSamples rows below which slices are not compared
 * @param minRatio see {@link Fairness}
 * @param recoveryWindows windows without a change in a row that end an alert
 */
public record QualitySettings(
    String pipeline,
    String model,
    boolean isBinary,
    @Nullable String condition,
    CalmSpan span,
    @Nullable Long maturityMillis,
    int minSamples,
    double minRatio,
    int recoveryWindows)
    implements Serializable {
  /** Length of a window. */
  public long windowMillis() {
    return span.windowMillis();
  }

  /** The settings of a pipeline; null if it has no model or no drift windows. */
  public static @Nullable QualitySettings of(Pipeline pipeline) {
    Model model = pipeline.model();
    Drift drift = pipeline.drift();
    if (model == null || drift == null) {
      return null;
    }
    Labels labels = pipeline.labels();
    boolean isCondition = labels == null || labels.value().resultType() == Type.BOOLEAN;
    return new QualitySettings(
        pipeline.name(),
        model.name(),
        isCondition || model.positive() != null,
        model.positive() == null ? null : model.positive().source(),
        CalmSpan.of(drift.window(), drift.season()),
        labels == null ? null : labels.maturity().toMillis(),
        drift.minSamples(),
        drift.minRatio(),
        drift.recoveryWindows());
  }
}
