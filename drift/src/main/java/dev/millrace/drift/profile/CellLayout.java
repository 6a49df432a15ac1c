package dev.millrace.drift.profile;

import java.util.List;

/** Where the cells of each feature are in one array of counts. */
final class CellLayout {
  private final List<Bins> bins;
  private final int[] offsets;
  private final int cells;

  /**
   * @param bins of each feature
   */
  CellLayout(List<Bins> bins) {
    this.bins = List.copyOf(bins);
    this.offsets = new int[bins.size()];
    int next = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = next;
      next += bins.get(i).cells();
    }
    cells = next;
  }

  /** The number of cells of all features. */
  int cells() {
    return cells;
  }

  Bins bins(int feature) {
    return bins.get(feature);
  }

  /** The position of the feature's first cell. */
  int offset(int feature) {
    return offsets[feature];
  }
}
