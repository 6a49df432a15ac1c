package dev.millrace.drift.quality;

import java.util.List;

/**
 * The counts of one window of one model version in one role that a subtask has made.
 *
 * @param modelVersion the version that scored
 * @param role name of the role in which it did
 * @param startMillis start of the window
 * @param slices one for each slice with rows, all rows first
 */
public record QualityPartial(
    String modelVersion, String role, long startMillis, List<SlicePartial> slices) {
  /** The key that partials of the same window, version and role share. */
  public String key() {
    return "%s/%s/%d".formatted(modelVersion, role, startMillis);
  }

  /** The numbers of predictions alone. */
  public QualityPartial withoutCounts() {
    return new QualityPartial(
        modelVersion, role, startMillis, slices.stream().map(SlicePartial::withoutCounts).toList());
  }
}
