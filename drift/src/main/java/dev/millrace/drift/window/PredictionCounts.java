package dev.millrace.drift.window;

import java.util.List;

/**
 * What a model version has served in some time.
 *
 * @param fromMillis start of the first window
 * @param predictions made
 * @param labels of them that are known
 * @param spans where the predicted events stand
 */
public record PredictionCounts(long fromMillis, long predictions, long labels, List<PartitionRange> spans) {
  static final PredictionCounts NOTHING = new PredictionCounts(Long.MAX_VALUE, 0, 0, List.of());

  /** What one partial tells. */
  static PredictionCounts of(WindowPartial partial) {
    return new PredictionCounts(partial.startMillis(), partial.samples(), partial.labels(), partial.spans());
  }

  PredictionCounts and(PredictionCounts other) {
    return new PredictionCounts(
        Math.min(fromMillis, other.fromMillis),
        predictions + other.predictions,
        labels + other.labels,
        PartitionRange.cover(spans, other.spans));
  }
}
