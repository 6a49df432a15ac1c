package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.List;

/**
 * Drops the tiles that no window can see any more, and merges neighbours that no event can tell
 * apart: events that are not late only ask as of times after the watermark, so an older tile is cut
 * nowhere but at the hops of the windows that still reach it.
 *
 * <p>An entity so busy that more than {@link #MAX_FINE} milliseconds with events lie between the
 * watermark and its newest event gives up detail for old times first: a tile d behind the newest
 * event then spans up to d/64. If even so more than {@link #MAX_TILES} remain (a watermark far
 * behind), times far behind the newest event are treated as if the watermark had passed them.
 */
final class TileCompaction {
  /** Tiles up to which every millisecond is kept: about 25 KB of state for one numeric input. */
  static final int MAX_FINE = 512;

  /**
   * Tiles that one entity never has more of, but for the hops of its windows and for twice as many
   * between two runs.
   */
  static final int MAX_TILES = 2048;

  private static final int DETAIL = 64;

  private final List<Window> windows;
  private final List<Tile> tiles;
  private final long newest;

  private TileCompaction(List<Window> windows, List<Tile> tiles) {
    this.windows = windows;
    this.tiles = tiles;
    this.newest = newest(tiles);
  }

  /**
   * What the detail of older tiles is measured by: the newest time but for the newest 64th of the
   * tiles, so that a few events with times far ahead take no detail from the others.
   */
  private static long newest(List<Tile> tiles) {
    return tiles.get(tiles.size() - 1 - tiles.size() / DETAIL).latest;
  }

  /**
   * Returns the tiles that remain, which may share those given.
   *
   * @param tiles in order of time; not used any more afterwards
   */
  static List<Tile> compact(List<Window> windows, List<Tile> tiles, long watermark) {
    if (tiles.isEmpty()) {
      return tiles;
    }
    List<Tile> compacted = new TileCompaction(windows, tiles).run(watermark, false);
    if (compacted.size() > MAX_FINE) {
      compacted = new TileCompaction(windows, compacted).run(watermark, true);
    }
    if (compacted.size() > MAX_TILES) {
      compacted = shrink(windows, compacted, watermark);
    }
    return compacted;
  }

  private static List<Tile> shrink(List<Window> windows, List<Tile> tiles, long watermark) {
    List<Tile> compacted = tiles;
    long newest = newest(tiles);
    long closed = Math.max(watermark, tiles.get(0).latest);
    while (compacted.size() > MAX_TILES && closed < newest) {
      closed = newest - (newest - closed) / 2;
      compacted = new TileCompaction(windows, compacted).run(closed, true);
    }
    return compacted;
  }

  private List<Tile> run(long closed, boolean graded) {
    long oldest = windows.stream().mapToLong(window -> window.tail(closed)).min().orElseThrow();
    List<Tile> result = new ArrayList<>();
    Tile previous = null;
    for (Tile tile : tiles) {
      if (tile.latest < oldest) {
        continue;
      }
      if (previous != null && mergeable(previous.latest, tile.latest, closed, graded)) {
        previous.merge(tile);
      } else {
        result.add(tile);
        previous = tile;
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
