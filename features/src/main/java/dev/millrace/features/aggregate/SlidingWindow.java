package dev.millrace.features.aggregate;

import dev.millrace.schemas.operation.Layout;
import dev.millrace.schemas.operation.Partial;
import dev.millrace.schemas.operation.Window;
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
  private final Partial[] running;

  // The range of indexes: `from` is included, `to` is not.
  private int from;
  private int to;

  SlidingWindow(Window window, Layout[] layouts) {
    this.window = window;
    this.running = new Partial[layouts.length];
    for (int slot = 0; slot < layouts.length; slot++) {
      running[slot] = new Partial(layouts[slot]);
    }
  }

  /** Empties the window. */
  void reset(int at) {
    from = at;
    to = at;
    for (Partial partial : running) {
      partial.clear();
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
    for (int slot = 0; slot < running.length; slot++) {
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
    int bytes = 80 + 4 * running.length;
    for (Partial partial : running) {
      bytes += partial.heapBytes();
    }
    return bytes;
  }

  private void enter(Tile tile) {
    for (int slot = 0; slot < running.length; slot++) {
      Partial partial = tile.slots[slot];
      if (partial != null) {
        running[slot].merge(partial);
      }
    }
  }

  private void leave(Tile tile) {
    for (int slot = 0; slot < running.length; slot++) {
      Partial partial = tile.slots[slot];
      if (partial != null) {
        running[slot].unmerge(partial);
      }
    }
  }

  /**
   * The partial result of a slot.
   *
   * @param part that will be read; it is made again if it is stale
   */
  Partial partial(int slot, int part, List<Tile> tiles) {
    Partial partial = running[slot];
    if (partial.isStale(part)) {
      partial.clear(part);
      for (int i = from; i < to; i++) {
        Partial ofTile = tiles.get(i).slots[slot];
        if (ofTile != null) {
          partial.mergePart(part, ofTile);
        }
      }
    }
    return partial;
  }
}
