package dev.millrace.drift.quality;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Counts the rows of a subtask by window, model version, role and slice. Not thread-safe. */
public final class WindowSlices {
  /** Counts of slices that are held at most; 7 KB each. */
  private static final int MOST_SLICES = 1_000;

  private static final Comparator<Key> ORDER =
      Comparator.comparingLong(Key::startMillis)
          .thenComparing(Key::modelVersion)
          .thenComparing(Key::role);

  private final boolean isBinary;
  private final long windowMillis;
  private final TreeMap<Key, Map<String, Counted>> open = new TreeMap<>(ORDER);
  private int slices;

  private record Key(long startMillis, String modelVersion, String role) {}

  /** The counts of a slice. */
  private static final class Counted {
    final SliceCounts counts = new SliceCounts();
    long predictions;
  }

  /**
   * @param isBinary whether labels are 0 or 1
   * @param windowMillis length of a window
   */
  public WindowSlices(boolean isBinary, long windowMillis) {
    this.isBinary = isBinary;
    this.windowMillis = windowMillis;
  }

  /** Counts a row in its slices and in all, and in the same way that of its shadow. */
  public void add(QualityRow row) {
    if (row.shadow() != null) {
      add(row.shadow());
    }
    long startMillis = Math.floorDiv(row.timeMillis(), windowMillis) * windowMillis;
    Map<String, Counted> window =
        open.computeIfAbsent(
            new Key(startMillis, row.modelVersion(), row.role()), key -> new TreeMap<>());
    double part = (double) (row.timeMillis() - startMillis) / windowMillis;
    add(window, SliceName.ALL, row, (int) (part * PartCounts.PARTS));
    for (String slice : row.slices()) {
      add(window, slice, row, -1);
    }
  }

  private void add(Map<String, Counted> window, String slice, QualityRow row, int part) {
    Counted counted = window.get(slice);
    if (counted == null) {
      counted = new Counted();
      window.put(slice, counted);
      slices++;
    }
    counted.predictions += row.label() == null ? 1 : 0;
    counted.counts.add(row, isBinary, part);
  }

  /** Whether the counts should be emitted, so that memory stays bounded. */
  public boolean isFull() {
    return slices >= MOST_SLICES;
  }

  /** Emits and removes the counts of windows that end at or before a time. */
  public void emitUntil(long endMillis, Consumer<QualityPartial> sink) {
    while (!open.isEmpty() && open.firstKey().startMillis() + windowMillis <= endMillis) {
      Map.Entry<Key, Map<String, Counted>> window = open.pollFirstEntry();
      slices -= window.getValue().size();
      sink.accept(partial(window.getKey(), window.getValue()));
    }
  }

  /** Emits and removes all counts. */
  public void emitAll(Consumer<QualityPartial> sink) {
    open.forEach((key, window) -> sink.accept(partial(key, window)));
    open.clear();
    slices = 0;
  }

  private static QualityPartial partial(Key key, Map<String, Counted> window) {
    List<SlicePartial> partials = new ArrayList<>();
    window.forEach(
        (slice, counted) ->
            partials.add(
                new SlicePartial(slice, counted.predictions, List.of(counted.counts.toBytes()))));
    return new QualityPartial(key.modelVersion(), key.role(), key.startMillis(), partials);
  }
}
