package dev.millrace.features.aggregate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The partial results, by slot, of events near each other in time. While its time may still be
 * asked for, a tile is one millisecond; later, neighbours are merged up to a hop.
 */
final class Tile {
  /**
   * The newest event time in it. An event sees the tile whole, if this is not after the event, or
   * not at all.
   */
  long latest;

  final @Nullable Partial[] slots;

  Tile(long latest, int slots) {
    this.latest = latest;
    this.slots = new @Nullable Partial[slots];
  }

  void update(int[] keeps, @Nullable Object[] values, long time, long arrival) {
    for (int slot = 0; slot < slots.length; slot++) {
      Object value = values[slot];
      if (value == null) {
        continue;
      }
      Partial partial = slots[slot];
      if (partial == null) {
        slots[slot] = Partial.prepare(keeps[slot], value, time, arrival);
      } else {
        partial.update(value, time, arrival);
      }
    }
  }

  /** Its memory on a 64-bit JVM, estimated; with its place in a list. */
  int heapBytes() {
    int bytes = 48 + 4 * slots.length;
    for (Partial partial : slots) {
      bytes += partial == null ? 0 : partial.heapBytes();
    }
    return bytes;
  }

  void merge(Tile other) {
    latest = Math.max(latest, other.latest);
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
    return latest + Arrays.toString(slots);
  }
}
