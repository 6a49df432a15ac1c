package dev.millrace.drift.job;

import java.util.List;

/**
 * What a model version has served in some time.
 *
 * @param fromMillis start of the first window
 * @param predictions made
 * @param labels of them that are known
 * @param spans where the predicted events stand
 */
public record Served(long fromMillis, long predictions, long labels, List<Span> spans) {
  static final Served NOTHING = new Served(Long.MAX_VALUE, 0, 0, List.of());

  /** What one partial tells. */
  static Served of(Partial partial) {
    return new Served(partial.startMillis(), partial.samples(), partial.labels(), partial.spans());
  }

  Served and(Served other) {
    return new Served(
        Math.min(fromMillis, other.fromMillis),
        predictions + other.predictions,
        labels + other.labels,
        Span.cover(spans, other.spans));
  }
}
