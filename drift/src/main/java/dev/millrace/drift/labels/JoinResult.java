package dev.millrace.drift.labels;

import java.util.Locale;

/** What becomes of predictions and labels in the join; each is counted under its metric name. */
public enum JoinResult {
  /** A prediction met its label in time: an outcome. */
  PREDICTIONS_LABELED,
  /** No label came until maturity, so the pipeline's {@code otherwise} was taken: an outcome. */
  PREDICTIONS_ASSUMED,
  /** No label came until maturity and the pipeline assumes none: no outcome. */
  PREDICTIONS_EXPIRED,
  /** Labels were silent for so long that the prediction was given up: no outcome. */
  PREDICTIONS_UNLABELED,
  /** The same event's prediction came again. */
  PREDICTIONS_REPEATED,
  /** A label for an event that has one already; the first one counts. */
  LABELS_REPEATED,
  /** A label later than its prediction's maturity. */
  LABELS_TOO_LATE,
  /** A label whose prediction did not come until the label's time plus maturity. */
  LABELS_UNMATCHED;

  /** Name of the counter: {@code labels_too_late}. */
  public String metric() {
    return name().toLowerCase(Locale.ROOT);
  }
}
