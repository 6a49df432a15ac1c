package dev.millrace.drift.window;

import java.util.List;

/**
 * The number of predictions of a model version in some windows, and of their known labels.
 *
 * @param fromMillis start of the first window
 * @param predictions number of predictions
 * @param labels number of their labels that are known
 * @param ranges offsets of the predicted events, one range for each partition
 */
public record WindowTotals(
    long fromMillis, long predictions, long labels, List<PartitionRange> ranges) {
  /** The counts of no window. */
  public static final WindowTotals NONE = new WindowTotals(Long.MAX_VALUE, 0, 0, List.of());

  /** The sum of two counts. */
  public WindowTotals plus(WindowTotals other) {
    return new WindowTotals(
        Math.min(fromMillis, other.fromMillis),
        predictions + other.predictions,
        labels + other.labels,
        PartitionRange.cover(ranges, other.ranges));
  }
}
