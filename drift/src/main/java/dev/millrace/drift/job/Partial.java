package dev.millrace.drift.job;

import java.util.List;

/**
 * What one subtask has counted of one window of one model version, sent on and forgotten. Partials
 * add up exactly, in any order and any number.
 *
 * @param modelVersion that made the predictions
 * @param startMillis of the window
 * @param samples predictions counted
 * @param labels outcomes counted, of predictions of this window
 * @param spans where the predicted events stand
 * @param profiles one a reference, in their order, as {@code Profile.toBytes()} writes them; empty
 *     where no prediction was counted
 */
public record Partial(
    String modelVersion,
    long startMillis,
    long samples,
    long labels,
    List<Span> spans,
    List<byte[]> profiles) {

  /** Outcomes alone. */
  static Partial ofLabels(String modelVersion, long startMillis, long labels) {
    return new Partial(modelVersion, startMillis, 0, labels, List.of(), List.of());
  }
}
