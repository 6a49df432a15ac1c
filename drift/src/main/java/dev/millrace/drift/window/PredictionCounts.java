package dev.millrace.drift.window;

import java.util.List;

/**
 * How many predictions a model version made in some windows, and how many of their labels are
 * known.
 *
 * @param fromMillis start of the first window
 * @param predictions made
 * @param labels of them that are known
 * @param ranges offsets of the predicted events, one range for each partition
 */
public record PredictionCounts(
    long fromMillis, long predictions, long labels, List<PartitionRange> ranges) {
  /** Of no window. */
  public static final PredictionCounts NONE = new PredictionCounts(Long.MAX_VALUE, 0, 0, List.of());

  /** The sum of both. */
  public PredictionCounts plus(PredictionCounts other) {
    return new PredictionCounts(
        Math.min(fromMillis, other.fromMillis),
        predictions + other.predictions,
        labels + other.labels,
        PartitionRange.cover(ranges, other.ranges));
  }
}
