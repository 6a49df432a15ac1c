package dev.millrace.drift.window;

import dev.millrace.drift.profile.CountedFeature;
import dev.millrace.drift.profile.ReferenceId;
import dev.millrace.drift.profile.Slicer;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sums of all partials of windows that are not reported yet. Changed windows are kept decoded
 * until the next {@link #flush()}, which encodes each of them once, independent of the number of
 * partials. Not thread-safe.
 */
public final class OpenWindows {
  /**
   * Number of the newest windows that stay decoded after a flush; with more a long backlog would
   * fill the memory.
   */
  static final int MOST_DECODED = 8;

  /**
   * Windows that are decoded at most between two flushes. Partitions that are far apart in a
   * backlog keep many windows open; beyond this number the oldest is encoded and stored at once.
   */
  static final int MOST_DECODED_BETWEEN_FLUSHES = 64;

  private final ReferenceId reference;
  private final List<? extends CountedFeature> features;
  private final Slicer slicer;
  private final Store store;
  private final TreeMap<Long, Window> decoded = new TreeMap<>();

  /** Encoded windows by their start: keyed state in the job, a map in a test. */
  public interface Store {
    /** The window of a start; null if there is none. */
    @Nullable WindowPartial get(long startMillis);

    /** Replaces the window of the same start. */
    void put(WindowPartial window);

    /** Removes a window, if it exists. */
    void remove(long startMillis);
  }

  /** A decoded window, and whether it differs from the stored one. */
  private static final class Window {
    private final WindowCounts counts;
    private boolean changed;

    Window(WindowCounts counts) {
      this.counts = counts;
    }
  }

  /**
   * @param reference the reference of all partials
   * @param features the features of that reference
   * @param slicer of its slices
   */
  public OpenWindows(
      ReferenceId reference, List<? extends CountedFeature> features, Slicer slicer, Store store) {
    this.reference = reference;
    this.features = features;
    this.slicer = slicer;
    this.store = store;
  }

  /** Adds a partial to its window. */
  public void add(WindowPartial partial) {
    Window window = window(partial.startMillis());
    if (window == null) {
      window = new Window(new WindowCounts(features, slicer));
      decoded.put(partial.startMillis(), window);
    }
    window.counts.add(partial);
    window.changed = true;
    evict(MOST_DECODED_BETWEEN_FLUSHES);
  }

  /** Removes a window and returns its counts; null if it has none. */
  public @Nullable WindowCounts close(long startMillis) {
    Window window = window(startMillis);
    decoded.remove(startMillis);
    store.remove(startMillis);
    return window == null ? null : window.counts;
  }

  /** Encodes and stores the changed windows; must be called before each checkpoint. */
  public void flush() {
    decoded.forEach(this::store);
    evict(MOST_DECODED);
  }

  /** The number of windows that are decoded now. */
  int decoded() {
    return decoded.size();
  }

  /** Stores and removes the oldest decoded windows until so many are left. */
  private void evict(int most) {
    while (decoded.size() > most) {
      var oldest = decoded.pollFirstEntry();
      store(oldest.getKey(), oldest.getValue());
    }
  }

  private void store(long startMillis, Window window) {
    if (window.changed) {
      store.put(window.counts.toPartial(reference, startMillis));
      window.changed = false;
    }
  }

  private @Nullable Window window(long startMillis) {
    Window window = decoded.get(startMillis);
    if (window != null) {
      return window;
    }
    WindowPartial stored = store.get(startMillis);
    if (stored == null) {
      return null;
    }
    Window restored = new Window(new WindowCounts(features, slicer).add(stored));
    decoded.put(startMillis, restored);
    return restored;
  }
}
