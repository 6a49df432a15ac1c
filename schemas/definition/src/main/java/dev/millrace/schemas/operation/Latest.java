package dev.millrace.schemas.operation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The newest values, by (event time, order). */
final class Latest extends Part {
  /** How many values are kept. */
  record Spec(int entries) implements PartSpec {
    @Override
    public Part create() {
      return new Latest(entries);
    }

    @Override
    public PartSpec union(PartSpec other) {
      return new Spec(Math.max(entries, ((Spec) other).entries));
    }
  }

  /** From the newest to the oldest. */
  private final @Nullable Entry[] entries;

  private int size;

  private Latest(int capacity) {
    this.entries = new @Nullable Entry[capacity];
  }

  /** The value before which there are {@code newer} newer ones; null if there is none. */
  @Nullable Entry entry(int newer) {
    return entries[newer];
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    add(new Entry(value, timeMillis, order));
  }

  private void add(Entry entry) {
    int at = size;
    while (at > 0 && isLater(entry, entries[at - 1])) {
      at--;
    }
    if (at == entries.length) {
      return;
    }
    size = Math.min(size + 1, entries.length);
    System.arraycopy(entries, at, entries, at + 1, size - 1 - at);
    entries[at] = entry;
  }

  private static boolean isLater(Entry entry, @Nullable Entry other) {
    return other == null || entry.isLaterThan(other);
  }

  @Override
  void merge(Part other) {
    Latest more = (Latest) other;
    for (int i = 0; i < more.size; i++) {
      Entry entry = more.entries[i];
      if (entry != null) {
        add(entry);
      }
    }
  }

  /** Valid if all values that leave are older than those that are kept. */
  @Override
  boolean unmerge(Part other) {
    Entry newest = ((Latest) other).entries[0];
    Entry oldest = size == 0 ? null : entries[size - 1];
    return newest == null || (oldest != null && oldest.isLaterThan(newest));
  }

  @Override
  void clear() {
    Arrays.fill(entries, null);
    size = 0;
  }

  @Override
  int heapBytes() {
    int bytes = 40 + 4 * entries.length;
    for (int i = 0; i < size; i++) {
      Entry entry = entries[i];
      bytes += entry == null ? 0 : entry.heapBytes();
    }
    return bytes;
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    out.varint(size);
    for (int i = 0; i < size; i++) {
      Entry entry = entries[i];
      if (entry != null) {
        entry.write(out, tileMillis);
      }
    }
  }

  @Override
  void read(StateReader in, long tileMillis) {
    for (long i = in.varint(); i > 0; i--) {
      add(Entry.read(in, tileMillis));
    }
  }
}
