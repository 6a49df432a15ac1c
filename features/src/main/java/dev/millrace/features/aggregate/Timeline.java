package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one entity: its partial results in tiles in order of event time, and the
 * windows of its plan over them. Not safe for use by several threads.
 *
 * <p>{@link #add} gives the features as of an event: over all events added so far, itself included,
 * that its windows hold. An event newer than it never counts, whatever the order they came in. That
 * is exact for every event at or after the watermark, within the bounds that {@link TileCompaction}
 * states for busy entities. For an event before the watermark what is left is used: the tiles that
 * end at or before it. It may therefore miss events of its own hop and events that have been
 * dropped, and at its tail see some of up to one hop of the longest window earlier; it never sees a
 * newer event.
 */
public final class Timeline {
  private static final byte FORMAT = 1;
  private static final int MIN_TILES_TO_COMPACT = 64;

  private final Plan plan;
  private final int[] keeps;
  private final List<Window> windows;
  private final SlidingWindow[] sliding;

  private List<Tile> tiles = new ArrayList<>();
  private long arrivals;
  private long tileBytes;
  private int compactAt = MIN_TILES_TO_COMPACT;

  public Timeline(Plan plan) {
    this.plan = plan;
    this.keeps = plan.keeps();
    this.windows = plan.windows();
    this.sliding = new SlidingWindow[windows.size()];
    for (int i = 0; i < sliding.length; i++) {
      sliding[i] = new SlidingWindow(windows.get(i), keeps);
    }
  }

  /**
   * Adds an event and returns the features as of it, in the order of the plan's outputs.
   *
   * @param time event time, epoch millis
   * @param values by slot; null, NaN and infinite do not count. Long, Double, String or Boolean; a
   *     slot that is summed or compared takes numbers only
   * @param watermark epoch millis; events before it are late. Long.MIN_VALUE if not known yet
   */
  public @Nullable Object[] add(long time, @Nullable Object[] values, long watermark) {
    if (tiles.size() >= compactAt) {
      compact(watermark);
    }
    int end = insert(time, clean(values));
    for (SlidingWindow window : sliding) {
      window.slide(tiles, time, end);
    }
    @Nullable Object[] row = new @Nullable Object[plan.outputs().size()];
    for (int i = 0; i < row.length; i++) {
      Plan.Output output = plan.outputs().get(i);
      row[i] = sliding[plan.windowOf()[i]].finish(output.operation(), output.slot(), tiles);
    }
    return row;
  }

  private @Nullable Object[] clean(@Nullable Object[] values) {
    @Nullable Object[] clean = new @Nullable Object[keeps.length];
    for (int slot = 0; slot < clean.length; slot++) {
      clean[slot] = Partial.counts(values[slot]) ? values[slot] : null;
    }
    return clean;
  }

  /** Puts the event where it belongs and returns the index after the newest tile that it sees. */
  private int insert(long time, @Nullable Object[] values) {
    int index = firstNotBefore(time);
    boolean found = index < tiles.size() && tiles.get(index).latest == time;
    if (isEmpty(values)) {
      return found ? index + 1 : index;
    }
    long arrival = arrivals++;
    if (found) {
      Tile tile = tiles.get(index);
      tileBytes -= tile.heapBytes();
      tile.update(keeps, values, time, arrival);
      tileBytes += tile.heapBytes();
      for (SlidingWindow window : sliding) {
        window.updated(index, values, time, arrival);
      }
      return index + 1;
    }
    Tile tile = new Tile(time, keeps.length);
    tile.update(keeps, values, time, arrival);
    tiles.add(index, tile);
    tileBytes += tile.heapBytes();
    for (SlidingWindow window : sliding) {
      window.inserted(index, tile);
    }
    return index + 1;
  }

  private static boolean isEmpty(@Nullable Object[] values) {
    for (Object value : values) {
      if (value != null) {
        return false;
      }
    }
    return true;
  }

  /** The index of the first tile that is not before that time. */
  private int firstNotBefore(long time) {
    int low = 0;
    int high = tiles.size();
    if (high > 0 && tiles.get(high - 1).latest < time) {
      return high; // the usual case
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tiles.get(middle).latest < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void compact(long watermark) {
    int before = tiles.size();
    tiles = TileCompaction.compact(windows, tiles, watermark);
    if (tiles.size() != before) {
      for (SlidingWindow window : sliding) {
        window.reset(tiles.size());
      }
    }
    compacted();
  }

  private void compacted() {
    compactAt = Math.max(MIN_TILES_TO_COMPACT, 2 * tiles.size());
    tileBytes = tiles.stream().mapToLong(Tile::heapBytes).sum();
  }

  /** How many tiles it has. */
  int size() {
    return tiles.size();
  }

  /** Its memory on a 64-bit JVM, estimated. */
  public long heapBytes() {
    long bytes = 160 + tileBytes;
    for (SlidingWindow window : sliding) {
      bytes += window.heapBytes();
    }
    return bytes;
  }

  /**
   * The timeline as bytes, without what no event at or after the watermark can see; null if nothing
   * is left.
   */
  public byte @Nullable [] toBytes(long watermark) {
    compact(watermark);
    if (tiles.isEmpty()) {
      return null;
    }
    StateWriter out = new StateWriter();
    out.varint(FORMAT);
    out.varint(arrivals);
    out.varint(tiles.size());
    long previous = 0;
    for (Tile tile : tiles) {
      out.varint(tile.latest - previous);
      previous = tile.latest;
      for (Partial partial : tile.slots) {
        if (partial == null) {
          out.varint(0);
        } else {
          partial.write(out, tile.latest);
        }
      }
    }
    return out.toBytes();
  }

  /** Reads what {@link #toBytes} wrote under the same plan. */
  public static Timeline read(Plan plan, byte[] bytes) {
    StateReader in = new StateReader(bytes);
    long format = in.varint();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "state has format "
              + format
              + ", this version reads "
              + FORMAT
              + "; start from the version that wrote it");
    }
    Timeline timeline = new Timeline(plan);
    timeline.arrivals = in.varint();
    long time = 0;
    for (long i = in.varint(); i > 0; i--) {
      time += in.varint();
      Tile tile = new Tile(time, timeline.keeps.length);
      for (int slot = 0; slot < timeline.keeps.length; slot++) {
        tile.slots[slot] = Partial.read(in, timeline.keeps[slot], time);
      }
      timeline.tiles.add(tile);
    }
    timeline.compacted();
    for (SlidingWindow window : timeline.sliding) {
      window.reset(timeline.tiles.size());
    }
    return timeline;
  }
}
