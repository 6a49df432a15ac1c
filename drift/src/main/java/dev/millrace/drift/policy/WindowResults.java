package dev.millrace.drift.policy;

import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Slice;
import java.util.List;

/**
 * The comparison of one window with its references.
 *
 * @param all one result for each feature, of all predictions
 * @param slices those of each slice
 */
public record WindowResults(List<FeatureResult> all, List<OfSlice> slices) {
  /** Of a window that was not compared. */
  public static final WindowResults NONE = new WindowResults(List.of(), List.of());

  /** Copies the lists. */
  public WindowResults {
    all = List.copyOf(all);
    slices = List.copyOf(slices);
  }

  /**
   * The comparison of one slice with the training rows of the same slice.
   *
   * @param samples predictions in the slice
   * @param counts of each feature, but the sliced input
   * @param results one for each of {@code counts}
   */
  public record OfSlice(
      Slice slice, long samples, List<Profile> counts, List<FeatureResult> results) {
    /** Copies the lists. */
    public OfSlice {
      counts = List.copyOf(counts);
      results = List.copyOf(results);
    }
  }
}
