package dev.millrace.features.aggregate;

import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * Drops the tiles that no window can contain any more, and merges adjacent tiles where that changes
 * no result: features are computed as of times that are not closed, except for late events, so a
 * window can only begin at one of its hops within the older tiles.
 *
 * <p>Unless the plan is exact: an entity may have events in more than {@link #MAX_FINE} different
 * milliseconds between the closed time and its newest event. Then detail is reduced, for old times
 * first: a tile that is older than the newest event by d spans up to d/64. If more than {@link
 * #MAX_TILES} still remain (the closed time is far behind), times far behind the newest event are
 * treated as if they were closed.
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

  private final Plan plan;
  private List<Tile> tiles;
  private long newestDroppedMillis = Long.MIN_VALUE;

  /**
   * @param tiles in order of time; they are changed, and the caller must not use them afterwards
   */
  TileCompaction(Plan plan, List<Tile> tiles, long closedMillis) {
    this.plan = plan;
    this.tiles = tiles;
    if (tiles.isEmpty()) {
      return;
    }
    run(closedMillis, false);
    if (!plan.isExact() && this.tiles.size() > MAX_FINE) {
      run(closedMillis, true);
    }
    if (!plan.isExact() && this.tiles.size() > MAX_TILES) {
      shrink(closedMillis);
    }
  }

  /** The tiles that remain. */
  List<Tile> tiles() {
    return tiles;
  }

  /** The newest event time of the tiles that were dropped; Long.MIN_VALUE if there are none. */
  long newestDroppedMillis() {
    return newestDroppedMillis;
  }

  /**
   * The time from which the age of older tiles is measured: the time of the newest tile, leaving
   * out the newest 64th of the tiles, so that a few events with times far ahead do not reduce the
   * detail of the others.
   */
  private long newestMillis() {
    return tiles.get(tiles.size() - 1 - tiles.size() / DETAIL).latestMillis;
  }

  private void shrink(long afterMillis) {
    long newestMillis = newestMillis();
    long closedMillis = Math.max(afterMillis, tiles.get(0).latestMillis);
    while (tiles.size() > MAX_TILES && closedMillis < newestMillis) {
      closedMillis = newestMillis - (newestMillis - closedMillis) / 2;
      run(closedMillis, true);
    }
  }

  private void run(long closedMillis, boolean graded) {
    List<Window> windows = plan.windows();
    long oldestMillis =
        windows.stream().mapToLong(window -> window.tail(closedMillis)).min().orElseThrow();
    long newestMillis = newestMillis();
    List<Tile> result = new ArrayList<>();
    Tile previous = null;
    for (Tile tile : tiles) {
      if (tile.latestMillis < oldestMillis) {
        newestDroppedMillis = Math.max(newestDroppedMillis, tile.latestMillis);
        continue;
      }
      long grain = graded && previous != null ? grain(newestMillis - previous.latestMillis) : 1;
      if (previous != null
          && mergeable(windows, previous.latestMillis, tile.latestMillis, closedMillis, grain)) {
        previous.merge(tile);
      } else {
        result.add(tile);
        previous = tile;
      }
    }
    tiles = result;
  }

  /** The span of a tile of that age. */
  private static long grain(long ageMillis) {
    return Long.highestOneBit(Math.max(1, ageMillis / DETAIL));
  }

  private static boolean mergeable(
      List<Window> windows, long olderMillis, long newerMillis, long closedMillis, long grain) {
    for (Window window : windows) {
      if (newerMillis >= window.tail(closedMillis) && !window.isSameHop(olderMillis, newerMillis)) {
        return false;
      }
    }
    return newerMillis <= closedMillis
        || (grain > 1 && Math.floorDiv(olderMillis, grain) == Math.floorDiv(newerMillis, grain));
  }
}
