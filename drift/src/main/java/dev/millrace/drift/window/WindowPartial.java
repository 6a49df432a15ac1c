package dev.millrace.drift.window;

import java.util.List;

/**
 * What one subtask has counted of one window against one reference, sent on and forgotten. Partials
 * of one reference add up exactly, in any order and any number.
 *
 * @param reference that was counted against
 * @param startMillis of the window
 * @param samples predictions counted
 * @param labels outcomes counted, of predictions of this window
 * @param spans where the predicted events stand
 * @param profiles one a reference, in their order, as {@code Profile.toBytes()} writes them; empty
 *     where no prediction was counted
 */
public record WindowPartial(
    ReferenceId reference,
    long startMillis,
    long samples,
    long labels,
    List<PartitionRange> spans,
    List<byte[]> profiles) {

  /** OutcomeBuilder alone. */
  static WindowPartial ofLabels(ReferenceId reference, long startMillis, long labels) {
    return new WindowPartial(reference, startMillis, 0, labels, List.of(), List.of());
  }
}
