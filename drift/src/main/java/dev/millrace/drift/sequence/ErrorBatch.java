package dev.millrace.drift.sequence;

/**
 * The errors of some rows that follow each other in event time.
 *
 * @param startMillis event time at which they begin
 * @param span how long they take, in the unit of the budget: 1 for an observation, or the part of a
 *     window
 * @param labels rows with a label
 * @param errors number of wrong ones, or sum of the levels of their losses
 */
public record ErrorBatch(long startMillis, double span, long labels, long errors) {
  /** Checks the components. */
  public ErrorBatch {
    if (!(span >= 0) || labels < 0 || errors < 0) {
      throw new IllegalArgumentException(
          "span, labels and errors of a batch must be at least 0, but are "
              + span
              + ", "
              + labels
              + " and "
              + errors);
    }
  }
}
