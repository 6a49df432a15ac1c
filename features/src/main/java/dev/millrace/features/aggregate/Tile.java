package dev.millrace.features.aggregate;

import dev.millrace.schemas.operation.Layout;
import dev.millrace.schemas.operation.Partial;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The partial results, by slot, of events close together in time. A tile is one millisecond long
 * while an event may still need its features as of a time within it; later, adjacent tiles are
 * merged up to a hop.
 */
final class Tile {
  /**
   * The newest event time in the tile. An event's features include the whole tile if this time is
   * not after the event, and no part of it otherwise.
   */
  long latestMillis;

  final @Nullable Partial[] slots;

  Tile(long latestMillis, int slots) {
    this.latestMillis = latestMillis;
    this.slots = new @Nullable Partial[slots];
  }

  void update(Layout[] layouts, @Nullable Object[] values, long timeMillis, long arrival) {
    for (int slot = 0; slot < slots.length; slot++) {
      Object value = values[slot];
      if (value == null) {
        continue;
      }
      Partial partial = slots[slot];
      if (partial == null) {
        partial = new Partial(layouts[slot]);
        slots[slot] = partial;
      }
      partial.update(value, timeMillis, arrival);
    }
  }

  /** Whether no value of its events counts. */
  boolean isEmpty() {
    for (Partial partial : slots) {
      if (partial != null) {
        return false;
      }
    }
    return true;
  }

  /** Its memory on a 64-bit JVM, estimated, including its element in a list. */
  int heapBytes() {
    int bytes = 48 + 4 * slots.length;
    for (Partial partial : slots) {
      bytes += partial == null ? 0 : partial.heapBytes();
    }
    return bytes;
  }

  void merge(Tile other) {
    latestMillis = Math.max(latestMillis, other.latestMillis);
    for (int slot = 0; slot < slots.length; slot++) {
      Partial partial = slots[slot];
      Partial more = other.slots[slot];
      if (partial == null) {
        slots[slot] = more;
      } else if (more != null) {
        partial.merge(more);
      }
    }
  }

  @Override
  public String toString() {
    return latestMillis + Arrays.toString(slots);
  }
}
