package dev.millrace.drift.quality;

import org.jspecify.annotations.Nullable;

/**
 * A figure of quality.
 *
 * @param interval of 95 % confidence; null where there are too few rows for one
 */
public record Metric(Name name, double value, @Nullable Interval interval) {
  /** The metrics. */
  public enum Name {
    /** Share of decisions that are the label. */
    ACCURACY,
    /** Share of positive labels among positive decisions. */
    PRECISION,
    /** Share of positive decisions among positive labels: the true-positive rate. */
    RECALL,
    /** Harmonic mean of precision and recall. */
    F1,
    /** Share of positive decisions among negative labels. */
    FALSE_POSITIVE_RATE,
    /** Share of positive decisions. */
    POSITIVE_RATE,
    /** Share of positive labels. */
    BASE_RATE,
    /** Area under the receiver operating characteristic. */
    ROC_AUC,
    /** Average precision, the area under the precision-recall curve. */
    PR_AUC,
    /** Mean negative natural logarithm of the probability of the label. */
    LOG_LOSS,
    /** Mean squared distance of score and label. */
    BRIER,
    /** Expected calibration error: mean distance of score and share of positives over 15 bins. */
    CALIBRATION_ERROR,
    /** Mean absolute error. */
    MAE,
    /** Root of the mean squared error. */
    RMSE,
    /** Mean error, score less label. */
    BIAS
  }
}
