package dev.millrace.drift.coverage;

import java.util.List;

/**
 * How many predictions of a window got a label. It is exact, the same at any parallelism, once the
 * window has matured: when the progress of predictions and labels has passed its end plus maturity.
 *
 * @param startMillis of the window of the predictions, in event time
 * @param endMillis exclusive
 * @param stalled true: labels are silent, so the window was reported before it matured; predictions
 *     without a label may still get one
 * @param revised whether the window was reported as stalled before
 * @param versions in the order of their names
 */
public record LabelCoverage(
    long startMillis,
    long endMillis,
    boolean stalled,
    boolean revised,
    List<VersionCoverage> versions) {
  /** The counts of all versions. */
  public CoverageCounts total() {
    return versions.stream()
        .map(VersionCoverage::counts)
        .reduce(CoverageCounts.NONE, CoverageCounts::plus);
  }
}
