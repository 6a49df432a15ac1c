package dev.millrace.drift.quality;

import java.io.Serializable;
import java.util.List;

/**
 * The absolute errors of one window, in the cells of {@link LossCounts}.
 *
 * @param startMillis of the window, in event time
 * @param cells numbers of the cells with rows, in ascending order
 * @param rows of these cells
 */
public record WindowLosses(long startMillis, List<Integer> cells, List<Long> rows)
    implements Serializable {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the cells are no ascending numbers of cells, or do not have
   *     a positive number of rows each
   */
  public WindowLosses {
    cells = List.copyOf(cells);
    rows = List.copyOf(rows);
    int before = -1;
    for (int cell : cells) {
      if (cell <= before || !LossCounts.isCell(cell)) {
        throw new IllegalArgumentException(
            "cells of losses must be ascending numbers, 0 or from %d to %d, but are %s"
                .formatted(LossCounts.FIRST, LossCounts.LAST, cells));
      }
      before = cell;
    }
    if (cells.size() != rows.size() || rows.stream().anyMatch(count -> count <= 0)) {
      throw new IllegalArgumentException(
          "each cell of losses must have a positive number of rows, but they are " + rows);
    }
  }

  static WindowLosses of(long startMillis, LossCounts counts) {
    return new WindowLosses(startMillis, counts.cells(), counts.counts());
  }

  LossCounts counts() {
    return LossCounts.of(cells, rows);
  }
}
