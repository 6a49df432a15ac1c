package dev.millrace.features.aggregate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The running partial results of one window: a range of the timeline's tiles that slides in either
 * direction. A move takes one merge for each tile that enters or leaves: an event in order takes
 * its own tile and those that expired since the previous event, an event out of order takes the
 * tiles between it and the newest event.
 */
final class SlidingWindow {
  private final Window window;
  private final int[] keeps;
  private final Partial[] running;
  private final boolean[] staleExtremes;

  // The range of indexes: `from` is included, `to` is not.
  private int from;
  private int to;

  SlidingWindow(Window window, int[] keeps) {
    this.window = window;
    this.keeps = keeps;
    this.running = new Partial[keeps.length];
    this.staleExtremes = new boolean[keeps.length];
    reset(0);
  }

  /** Empties the window. */
  void reset(int at) {
    from = at;
    to = at;
    for (int slot = 0; slot < keeps.length; slot++) {
      // The last value cannot be unmerged, so it is searched when a result needs it.
      running[slot] = new Partial(keeps[slot] & ~Partial.LAST);
      staleExtremes[slot] = false;
    }
  }

  /** Updates the range after the insertion of a tile at that index. */
  void inserted(int index, Tile tile) {
    if (index <= from) {
      from++;
      to++;
    } else if (index < to) {
      to++;
      enter(tile);
    }
  }

  /** Updates the partial results after the addition of an event to the tile at that index. */
  void updated(int index, @Nullable Object[] values, long timeMillis, long arrival) {
    if (index < from || index >= to) {
      return;
    }
    for (int slot = 0; slot < keeps.length; slot++) {
      Object value = values[slot];
      if (value != null) {
        running[slot].update(value, timeMillis, arrival);
      }
    }
  }

  /**
   * Slides to the tiles that the window contains as of a time.
   *
   * @param newTo index after the newest of these tiles
   */
  void slide(List<Tile> tiles, long asOfMillis, int newTo) {
    long tail = window.tail(asOfMillis);
    if (newTo <= from || (to < newTo && to < tiles.size() && tiles.get(to).latestMillis < tail)) {
      reset(newTo); // the old and the new range share no tile
    }
    while (to < newTo) {
      enter(tiles.get(to++));
    }
    while (to > newTo) {
      leave(tiles.get(--to));
    }
    while (from < to && tiles.get(from).latestMillis < tail) {
      leave(tiles.get(from++));
    }
    while (from > 0 && tiles.get(from - 1).latestMillis >= tail) {
      enter(tiles.get(--from));
    }
  }

  /**
   * The earliest time at which an event that counts leaves the window; Long.MAX_VALUE if it
   * contains none. It takes the tiles of the last {@link #slide}.
   */
  long nextLeaveMillis(List<Tile> tiles) {
    for (int i = from; i < to; i++) {
      Tile tile = tiles.get(i);
      if (!tile.isEmpty()) {
        return window.endMillis(tile.latestMillis);
      }
    }
    return Long.MAX_VALUE;
  }

  /** Its memory on a 64-bit JVM, estimated. */
  int heapBytes() {
    int bytes = 80 + 5 * running.length;
    for (Partial partial : running) {
      bytes += partial.heapBytes();
    }
    return bytes;
  }

  private void enter(Tile tile) {
    for (int slot = 0; slot < keeps.length; slot++) {
      Partial partial = tile.slots[slot];
      if (partial != null) {
        running[slot].merge(partial);
      }
    }
  }

  private void leave(Tile tile) {
    for (int slot = 0; slot < keeps.length; slot++) {
      Partial partial = tile.slots[slot];
      if (partial != null && !running[slot].unmerge(partial)) {
        staleExtremes[slot] = true;
      }
    }
  }

  @Nullable Object finish(Operation operation, int slot, List<Tile> tiles) {
    if (operation == Operation.LAST) {
      Partial newest = newest(slot, tiles);
      return newest == null ? null : operation.finish(newest);
    }
    if (staleExtremes[slot] && operation.keeps == Partial.EXTREMES) {
      findExtremes(slot, tiles);
    }
    return operation.finish(running[slot]);
  }

  private void findExtremes(int slot, List<Tile> tiles) {
    running[slot].clearExtremes();
    for (int i = from; i < to; i++) {
      Partial partial = tiles.get(i).slots[slot];
      if (partial != null) {
        running[slot].mergeExtremes(partial);
      }
    }
    staleExtremes[slot] = false;
  }

  /**
   * The partial result with the latest value of a slot. Tiles may overlap in time, so the first one
   * found is not always the latest.
   */
  private @Nullable Partial newest(int slot, List<Tile> tiles) {
    Partial newest = null;
    for (int i = to - 1; i >= from; i--) {
      Tile tile = tiles.get(i);
      if (newest != null && tile.latestMillis < newest.lastTimeMillis()) {
        break;
      }
      Partial partial = tile.slots[slot];
      if (partial != null && (newest == null || partial.isLaterThan(newest))) {
        newest = partial;
      }
    }
    return newest;
  }
}
