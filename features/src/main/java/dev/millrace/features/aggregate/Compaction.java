package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.List;

/**
 * Drops the cells that no window can see any more, and merges neighbours that no event can tell
 * apart: events that are not late only ask as of times after the watermark, so an older cell is cut
 * nowhere but at the hops of the windows that still reach it.
 *
 * <p>An entity so busy that more than {@link #MAX_FINE} milliseconds with events lie between the
 * watermark and its newest event gives up detail for old times first: a cell d behind the newest
 * event then spans up to d/64. If even so more than {@link #MAX_CELLS} remain (a watermark far
 * behind), times far behind the newest event are treated as if the watermark had passed them.
 */
final class Compaction {
  /** Cells up to which every millisecond is kept: about 25 KB of state for one numeric input. */
  static final int MAX_FINE = 512;

  /**
   * Cells that one entity never has more of, but for the hops of its windows and for twice as many
   * between two runs.
   */
  static final int MAX_CELLS = 2048;

  private static final int DETAIL = 64;

  private final List<Window> windows;
  private final List<Cell> cells;
  private final long newest;

  private Compaction(List<Window> windows, List<Cell> cells) {
    this.windows = windows;
    this.cells = cells;
    this.newest = newest(cells);
  }

  /**
   * What the detail of older cells is measured by: the newest time but for the newest 64th of the
   * cells, so that a few events with times far ahead take no detail from the others.
   */
  private static long newest(List<Cell> cells) {
    return cells.get(cells.size() - 1 - cells.size() / DETAIL).latest;
  }

  /**
   * Returns the cells that remain, which may share those given.
   *
   * @param cells in order of time; not used any more afterwards
   */
  static List<Cell> compact(List<Window> windows, List<Cell> cells, long watermark) {
    if (cells.isEmpty()) {
      return cells;
    }
    List<Cell> compacted = new Compaction(windows, cells).run(watermark, false);
    if (compacted.size() > MAX_FINE) {
      compacted = new Compaction(windows, compacted).run(watermark, true);
    }
    if (compacted.size() > MAX_CELLS) {
      compacted = shrink(windows, compacted, watermark);
    }
    return compacted;
  }

  private static List<Cell> shrink(List<Window> windows, List<Cell> cells, long watermark) {
    List<Cell> compacted = cells;
    long newest = newest(cells);
    long closed = Math.max(watermark, cells.get(0).latest);
    while (compacted.size() > MAX_CELLS && closed < newest) {
      closed = newest - (newest - closed) / 2;
      compacted = new Compaction(windows, compacted).run(closed, true);
    }
    return compacted;
  }

  private List<Cell> run(long closed, boolean graded) {
    long oldest = windows.stream().mapToLong(window -> window.tail(closed)).min().orElseThrow();
    List<Cell> result = new ArrayList<>();
    Cell previous = null;
    for (Cell cell : cells) {
      if (cell.latest < oldest) {
        continue;
      }
      if (previous != null && mergeable(previous.latest, cell.latest, closed, graded)) {
        previous.merge(cell);
      } else {
        result.add(cell);
        previous = cell;
      }
    }
    return result;
  }

  private boolean mergeable(long older, long newer, long closed, boolean graded) {
    for (Window window : windows) {
      long hop = window.hopMillis();
      if (newer >= window.tail(closed) && Math.floorDiv(older, hop) != Math.floorDiv(newer, hop)) {
        return false;
      }
    }
    if (newer <= closed) {
      return true;
    }
    long grain = Long.highestOneBit(Math.max(1, (newest - older) / DETAIL));
    return graded && Math.floorDiv(older, grain) == Math.floorDiv(newer, grain);
  }
}
