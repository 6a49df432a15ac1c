package dev.millrace.drift.window;

import dev.millrace.drift.profile.ReferenceId;
import java.util.List;

/**
 * The counts of one window against one reference that a subtask has made since it last emitted
 * counts. Partials of one reference add up exactly, in any order and any number.
 *
 * @param reference the reference that was counted against
 * @param startMillis of the window
 * @param samples predictions counted
 * @param ranges offsets of the predicted events
 * @param delivery of the inputs, encoded by {@code DeliveryCounts.toList()}; empty where no
 *     prediction was counted
 * @param profiles one for each feature, in the reference's order, encoded by {@code
 *     FeatureCounts.toBytes()}; empty where no prediction was counted
 * @param slices one for each slice, in the reference's order, encoded by {@code
 *     SliceCounts.toBytes()}; without bytes where the slice has no prediction
 */
public record WindowPartial(
    ReferenceId reference,
    long startMillis,
    long samples,
    List<PartitionRange> ranges,
    List<Long> delivery,
    List<byte[]> profiles,
    List<byte[]> slices) {

  /** The counts without the profiles. */
  public WindowTotals counts() {
    return new WindowTotals(startMillis, samples, 0, ranges);
  }
}
