package dev.millrace.features.aggregate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates of one entity: its partial results in tiles in order of event time, and the
 * windows of its plan over them. For one thread.
 *
 * <p>{@link #add} returns the features as of an event, over all events in its windows that were
 * added so far, including itself. Newer events are never included, independent of the order in
 * which events are added. That is exact for every event at or after the watermark, within the
 * bounds that {@link TileCompaction} states for busy entities. For an event before the watermark
 * the remaining tiles that end at or before it are used. Its features may therefore miss events of
 * its own hop and events that were dropped, and may include events up to one hop of the longest
 * window before the window's start; they never include a newer event.
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
   * @param timeMillis event time, epoch millis
   * @param values by slot: Long, Double, String or Boolean; numbers only for a slot that is summed
   *     or compared. Null, NaN and infinite values do not count
   * @param watermarkMillis epoch millis; events before it are late. Long.MIN_VALUE before the first
   *     one
   */
  public @Nullable Object[] add(long timeMillis, @Nullable Object[] values, long watermarkMillis) {
    if (tiles.size() >= compactAt) {
      compact(watermarkMillis);
    }
    int end = insert(timeMillis, clean(values));
    for (SlidingWindow window : sliding) {
      window.slide(tiles, timeMillis, end);
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

  /** Inserts the event and returns the index after the newest tile that counts for it. */
  private int insert(long timeMillis, @Nullable Object[] values) {
    int index = firstNotBefore(timeMillis);
    boolean found = index < tiles.size() && tiles.get(index).latestMillis == timeMillis;
    if (isEmpty(values)) {
      return found ? index + 1 : index;
    }
    long arrival = arrivals++;
    if (found) {
      Tile tile = tiles.get(index);
      tileBytes -= tile.heapBytes();
      tile.update(keeps, values, timeMillis, arrival);
      tileBytes += tile.heapBytes();
      for (SlidingWindow window : sliding) {
        window.updated(index, values, timeMillis, arrival);
      }
      return index + 1;
    }
    Tile tile = new Tile(timeMillis, keeps.length);
    tile.update(keeps, values, timeMillis, arrival);
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
  private int firstNotBefore(long timeMillis) {
    int low = 0;
    int high = tiles.size();
    if (high > 0 && tiles.get(high - 1).latestMillis < timeMillis) {
      return high; // the most frequent case
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tiles.get(middle).latestMillis < timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void compact(long watermarkMillis) {
    int before = tiles.size();
    tiles = TileCompaction.compact(windows, tiles, watermarkMillis);
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

  /** The number of tiles. */
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
   * The timeline as bytes, without the tiles that no event at or after the watermark needs; null if
   * none is left.
   */
  public byte @Nullable [] toBytes(long watermarkMillis) {
    compact(watermarkMillis);
    if (tiles.isEmpty()) {
      return null;
    }
    StateWriter out = new StateWriter();
    out.varint(FORMAT);
    out.varint(arrivals);
    out.varint(tiles.size());
    long previous = 0;
    for (Tile tile : tiles) {
      out.varint(tile.latestMillis - previous);
      previous = tile.latestMillis;
      for (Partial partial : tile.slots) {
        if (partial == null) {
          out.varint(0);
        } else {
          partial.write(out, tile.latestMillis);
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
          "the state has format %d, but this version of Millrace reads format %d: start the job with the version that wrote the state, or without the state"
              .formatted(format, FORMAT));
    }
    Timeline timeline = new Timeline(plan);
    timeline.arrivals = in.varint();
    long timeMillis = 0;
    for (long i = in.varint(); i > 0; i--) {
      timeMillis += in.varint();
      Tile tile = new Tile(timeMillis, timeline.keeps.length);
      for (int slot = 0; slot < timeline.keeps.length; slot++) {
        tile.slots[slot] = Partial.read(in, timeline.keeps[slot], timeMillis);
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
