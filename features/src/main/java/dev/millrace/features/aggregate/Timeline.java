package dev.millrace.features.aggregate;

import dev.millrace.schemas.operation.Calculation;
import dev.millrace.schemas.operation.Layout;
import dev.millrace.schemas.operation.Partial;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import dev.millrace.schemas.operation.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates of one entity: its partial results in tiles in order of event time, and the
 * windows of its plan over them. For one thread.
 *
 * <p>{@link #features} returns the features as of a time, over all events in the windows that were
 * added so far. Newer events are never included, independent of the order in which events are
 * added. That is exact for every time that is not closed, within the bounds that {@link
 * TileCompaction} states for busy entities. As of a closed time the remaining tiles that end at or
 * before it are used. The features may therefore miss events of the time's own hop and events that
 * were dropped, and may include events up to one hop of the longest window before the window's
 * start; they never include a newer event.
 */
public final class Timeline {
  private static final byte FORMAT = 3;
  private static final int MIN_TILES_TO_COMPACT = 64;

  private final Plan plan;
  private final Layout[] layouts;
  private final List<Window> windows;
  private final SlidingWindow[] sliding;

  private List<Tile> tiles = new ArrayList<>();

  /** The newest event time of the tiles that were dropped. */
  private long newestDroppedMillis = Long.MIN_VALUE;

  private long tileBytes;
  private int compactAt = MIN_TILES_TO_COMPACT;

  public Timeline(Plan plan) {
    this.plan = plan;
    this.layouts = plan.layouts();
    this.windows = plan.windows();
    this.sliding = new SlidingWindow[windows.size()];
    for (int i = 0; i < sliding.length; i++) {
      sliding[i] = new SlidingWindow(windows.get(i), layouts);
    }
  }

  /**
   * Adds an event.
   *
   * @param timeMillis event time, epoch millis
   * @param order decides which of several events of the same time is the last: a larger number is
   *     later; not negative
   * @param values by slot: Long, Double, String or Boolean; numbers only for a slot that is summed
   *     or compared. Null, NaN and infinite values do not count
   * @param closedMillis epoch millis: no features as of an earlier time will be needed.
   *     Long.MIN_VALUE if that is not known
   */
  public void add(long timeMillis, long order, @Nullable Object[] values, long closedMillis) {
    if (tiles.size() >= compactAt) {
      compact(closedMillis);
    }
    insert(timeMillis, order, clean(values));
  }

  /** The features as of a time (epoch millis), in the order of the plan's outputs. */
  public @Nullable Object[] features(long asOfMillis) {
    slide(asOfMillis);
    Calculation[] calculations = plan.calculations();
    @Nullable Object[] row = new @Nullable Object[calculations.length];
    for (int i = 0; i < row.length; i++) {
      Partial partial =
          sliding[plan.windowOf()[i]].partial(plan.slotOf()[i], calculations[i].part(), tiles);
      row[i] = calculations[i].value(partial, asOfMillis);
    }
    return row;
  }

  /** Slides all windows; returns the index after the newest tile as of that time. */
  private int slide(long asOfMillis) {
    int end = firstAfter(asOfMillis);
    for (SlidingWindow window : sliding) {
      window.slide(tiles, asOfMillis, end);
    }
    return end;
  }

  /**
   * The earliest time (epoch millis) after {@code asOfMillis} as of which a window contains other
   * events if none is added: an event leaves a window, or an event that was added already and is
   * newer than {@code asOfMillis} enters. As of each time before it, {@link #features} are those as
   * of {@code asOfMillis}. As of the time itself they are usually different, but not always: the
   * largest value stays the same if a smaller one leaves.
   *
   * <p>Exact for times that are not closed. It takes one step for each window, and is fastest after
   * {@link #features} as of the same time.
   *
   * @return Long.MAX_VALUE if there is no such time
   */
  public long nextChangeMillis(long asOfMillis) {
    int end = slide(asOfMillis);
    while (end < tiles.size() && tiles.get(end).isEmpty()) {
      end++;
    }
    long next = end < tiles.size() ? tiles.get(end).latestMillis : Long.MAX_VALUE;
    for (SlidingWindow window : sliding) {
      next = Math.min(next, window.nextLeaveMillis(tiles));
    }
    return next;
  }

  /**
   * The time (epoch millis) of the newest event as of a time, also of an event without a value that
   * counts; Long.MIN_VALUE if there is none.
   */
  public long newestMillis(long asOfMillis) {
    int end = firstAfter(asOfMillis);
    return end > 0 ? tiles.get(end - 1).latestMillis : newestDroppedMillis;
  }

  private @Nullable Object[] clean(@Nullable Object[] values) {
    @Nullable Object[] clean = new @Nullable Object[layouts.length];
    for (int slot = 0; slot < clean.length; slot++) {
      clean[slot] = Partial.counts(values[slot]) ? values[slot] : null;
    }
    return clean;
  }

  private void insert(long timeMillis, long order, @Nullable Object[] values) {
    int index = firstAfter(timeMillis - 1);
    if (index < tiles.size() && tiles.get(index).latestMillis == timeMillis) {
      Tile tile = tiles.get(index);
      tileBytes -= tile.heapBytes();
      tile.update(layouts, values, timeMillis, order);
      tileBytes += tile.heapBytes();
      for (SlidingWindow window : sliding) {
        window.updated(index, values, timeMillis, order);
      }
      return;
    }
    Tile tile = new Tile(timeMillis, layouts.length);
    tile.update(layouts, values, timeMillis, order);
    tiles.add(index, tile);
    tileBytes += tile.heapBytes();
    for (SlidingWindow window : sliding) {
      window.inserted(index, tile);
    }
  }

  /** The index of the first tile after that time. */
  private int firstAfter(long timeMillis) {
    int low = 0;
    int high = tiles.size();
    if (high > 0 && tiles.get(high - 1).latestMillis <= timeMillis) {
      return high; // the most frequent case
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tiles.get(middle).latestMillis <= timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void compact(long closedMillis) {
    int before = tiles.size();
    TileCompaction compaction = new TileCompaction(plan, tiles, closedMillis);
    tiles = compaction.tiles();
    newestDroppedMillis = Math.max(newestDroppedMillis, compaction.newestDroppedMillis());
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
   * The timeline as bytes, without the tiles that no time after the closed one needs.
   *
   * @param closedMillis as in {@link #add}
   */
  public byte[] toBytes(long closedMillis) {
    compact(closedMillis);
    StateWriter out = new StateWriter();
    out.varint(FORMAT);
    out.varint(newestDroppedMillis);
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
    timeline.newestDroppedMillis = in.varint();
    long timeMillis = 0;
    for (long i = in.varint(); i > 0; i--) {
      timeMillis += in.varint();
      Tile tile = new Tile(timeMillis, timeline.layouts.length);
      for (int slot = 0; slot < timeline.layouts.length; slot++) {
        tile.slots[slot] = Partial.read(in, timeline.layouts[slot], timeMillis);
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
