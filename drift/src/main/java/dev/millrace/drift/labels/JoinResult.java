package dev.millrace.drift.labels;

import java.util.Locale;

/** The join's result for a prediction or a label; each value has its own counter. */
public enum JoinResult {
  /** The prediction had a label in time: an outcome. */
  PREDICTIONS_LABELED,
  /** No label until maturity, so the pipeline's {@code otherwise} was used: an outcome. */
  PREDICTIONS_ASSUMED,
  /** No label until maturity, and the pipeline has no {@code otherwise}: no outcome. */
  PREDICTIONS_EXPIRED,
  /** Labels were silent for so long that the prediction was dropped: no outcome. */
  PREDICTIONS_UNLABELED,
  /** A second prediction of the same event. */
  PREDICTIONS_REPEATED,
  /** A second label of the same event, with the same value. */
  LABELS_REPEATED,
  /** A second label of the same event, with another value; the first one counts. */
  LABELS_CONTRADICTING,
  /** A label whose event time is later than its prediction's maturity. */
  LABELS_TOO_LATE,
  /** A label without a prediction until the label's time plus maturity. */
  LABELS_UNMATCHED;

  /** Name of the counter, such as {@code labels_too_late_total}. */
  public String metric() {
    return name().toLowerCase(Locale.ROOT) + "_total";
  }
}
