package dev.millrace.schemas.operation;

import org.jspecify.annotations.Nullable;

/** The oldest value, by (event time, order). */
final class Earliest extends Part {
  /** Has no parameters. */
  record Spec() implements PartSpec {
    @Override
    public Part create() {
      return new Earliest();
    }
  }

  private @Nullable Entry entry;

  private Earliest() {}

  /** Null if there is none. */
  @Nullable Entry entry() {
    return entry;
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    add(new Entry(value, timeMillis, order));
  }

  private void add(Entry added) {
    if (entry == null || entry.isLaterThan(added)) {
      entry = added;
    }
  }

  @Override
  void merge(Part other) {
    Entry added = ((Earliest) other).entry;
    if (added != null) {
      add(added);
    }
  }

  /** Valid if the values that leave are newer. */
  @Override
  boolean unmerge(Part other) {
    Entry gone = ((Earliest) other).entry;
    return gone == null || (entry != null && gone.isLaterThan(entry));
  }

  @Override
  void clear() {
    entry = null;
  }

  @Override
  int heapBytes() {
    return entry == null ? 16 : 16 + entry.heapBytes();
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    if (entry != null) {
      entry.write(out, tileMillis);
    }
  }

  @Override
  void read(StateReader in, long tileMillis) {
    entry = Entry.read(in, tileMillis);
  }
}
