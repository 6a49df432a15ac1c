package dev.millrace.drift.quality;

import java.util.List;

/**
 * The absolute errors of one window, in the cells of {@link LossCounts}.
 *
 * @param startMillis of the window, in event time
 * @param cells numbers of the cells with rows, in ascending order
 * @param rows of these cells
 */
public record WindowLosses(long startMillis, List<Integer> cells, List<Long> rows) {
  /** Copies the lists. */
  public WindowLosses {
    cells = List.copyOf(cells);
    rows = List.copyOf(rows);
  }

  static WindowLosses of(long startMillis, LossCounts counts) {
    return new WindowLosses(startMillis, counts.cells(), counts.counts());
  }

  LossCounts counts() {
    return LossCounts.of(cells, rows);
  }
}
