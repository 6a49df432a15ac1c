package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.List;

/**
 * Drops the tiles that no window can contain any more, and merges adjacent tiles where that changes
 * no result: features are computed as of times after the watermark, except for late events, so a
 * window can only begin at one of its hops within the older tiles.
 *
 * <p>An entity may have events in more than {@link #MAX_FINE} different milliseconds between the
 * watermark and its newest event. Then detail is reduced, for old times first: a tile that is older
 * than the newest event by d spans up to d/64. If more than {@link #MAX_TILES} still remain (the
 * watermark is far behind), times far behind the newest event are treated as if the watermark had
 * passed them.
 */
final class TileCompaction {
  /**
   * Number of tiles up to which each millisecond is kept: about 25 KB of state for one numeric
   * input.
   */
  static final int MAX_FINE = 512;

  /**
   * Largest number of tiles of one entity after a compaction, not counting those that the hops of
   * its windows need; between two compactions it may have twice as many.
   */
  static final int MAX_TILES = 2048;

  private static final int DETAIL = 64;

  private final List<Window> windows;
  private final List<Tile> tiles;
  private final long newestMillis;

  private TileCompaction(List<Window> windows, List<Tile> tiles) {
    this.windows = windows;
    this.tiles = tiles;
    this.newestMillis = newestMillis(tiles);
  }

  /**
   * The time from which the age of older tiles is measured: the time of the newest tile, leaving
   * out the newest 64th of the tiles, so that a few events with times far ahead do not reduce the
   * detail of the others.
   */
  private static long newestMillis(List<Tile> tiles) {
    return tiles.get(tiles.size() - 1 - tiles.size() / DETAIL).latestMillis;
  }

  /**
   * Returns the tiles that remain.
   *
   * @param tiles in order of time; they are changed, and the caller must not use them afterwards
   */
  static List<Tile> compact(List<Window> windows, List<Tile> tiles, long watermarkMillis) {
    if (tiles.isEmpty()) {
      return tiles;
    }
    List<Tile> compacted = new TileCompaction(windows, tiles).run(watermarkMillis, false);
    if (compacted.size() > MAX_FINE) {
      compacted = new TileCompaction(windows, compacted).run(watermarkMillis, true);
    }
    if (compacted.size() > MAX_TILES) {
      compacted = shrink(windows, compacted, watermarkMillis);
    }
    return compacted;
  }

  private static List<Tile> shrink(List<Window> windows, List<Tile> tiles, long watermarkMillis) {
    List<Tile> compacted = tiles;
    long newestMillis = newestMillis(tiles);
    long closedMillis = Math.max(watermarkMillis, tiles.get(0).latestMillis);
    while (compacted.size() > MAX_TILES && closedMillis < newestMillis) {
      closedMillis = newestMillis - (newestMillis - closedMillis) / 2;
      compacted = new TileCompaction(windows, compacted).run(closedMillis, true);
    }
    return compacted;
  }

  private List<Tile> run(long closedMillis, boolean graded) {
    long oldestMillis =
        windows.stream().mapToLong(window -> window.tail(closedMillis)).min().orElseThrow();
    List<Tile> result = new ArrayList<>();
    Tile previous = null;
    for (Tile tile : tiles) {
      if (tile.latestMillis < oldestMillis) {
        continue;
      }
      if (previous != null
          && mergeable(previous.latestMillis, tile.latestMillis, closedMillis, graded)) {
        previous.merge(tile);
      } else {
        result.add(tile);
        previous = tile;
      }
    }
    return result;
  }

  private boolean mergeable(long olderMillis, long newerMillis, long closedMillis, boolean graded) {
    for (Window window : windows) {
      long hop = window.hopMillis();
      if (newerMillis >= window.tail(closedMillis)
          && Math.floorDiv(olderMillis, hop) != Math.floorDiv(newerMillis, hop)) {
        return false;
      }
    }
    if (newerMillis <= closedMillis) {
      return true;
    }
    long grain = Long.highestOneBit(Math.max(1, (newestMillis - olderMillis) / DETAIL));
    return graded && Math.floorDiv(olderMillis, grain) == Math.floorDiv(newerMillis, grain);
  }
}
