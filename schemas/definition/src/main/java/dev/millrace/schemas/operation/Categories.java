package dev.millrace.schemas.operation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exact number of occurrences of each different value, up to {@link #MAX} different values.
 *
 * <p>Beyond that nothing is kept, and there is no result. So a window has a result if and only if
 * it contains at most {@link #MAX} different values, whatever their order.
 */
final class Categories extends Part {
  /** Has no parameters. */
  record Spec() implements PartSpec {
    @Override
    public Part create() {
      return new Categories();
    }
  }

  /** Bounds the memory of one part to about 60 KB for short texts. */
  static final int MAX = 500;

  private final Map<Object, Long> counts = new HashMap<>(2);
  private boolean overflow;
  private long textBytes;

  private Categories() {}

  /**
   * The value of a rank by the number of occurrences, from 1; of equally frequent ones the first by
   * its text.
   *
   * @return null if there are fewer different values, or more than {@link #MAX}
   */
  @Nullable Object top(int rank) {
    if (rank > counts.size()) {
      return null;
    }
    @Nullable Map.Entry<Object, Long>[] best = newArray(rank);
    for (Map.Entry<Object, Long> entry : counts.entrySet()) {
      int at = rank;
      while (at > 0 && isBefore(entry, best[at - 1])) {
        at--;
      }
      if (at < rank) {
        System.arraycopy(best, at, best, at + 1, rank - 1 - at);
        best[at] = entry;
      }
    }
    Map.Entry<Object, Long> found = best[rank - 1];
    return found == null ? null : found.getKey();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static @Nullable Map.Entry<Object, Long>[] newArray(int length) {
    return new Map.Entry[length];
  }

  private static boolean isBefore(
      Map.Entry<Object, Long> entry, Map.@Nullable Entry<Object, Long> other) {
    if (other == null) {
      return true;
    }
    int more = Long.compare(entry.getValue(), other.getValue());
    return more > 0
        || (more == 0 && entry.getKey().toString().compareTo(other.getKey().toString()) < 0);
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    add(value, 1);
  }

  private void add(Object value, long count) {
    if (overflow) {
      return;
    }
    if (counts.merge(value, count, Long::sum) == count) {
      textBytes += textBytes(value);
    }
    if (counts.size() > MAX) {
      clear();
      overflow = true;
    }
  }

  private static int textBytes(Object value) {
    return value instanceof String text ? 48 + 2 * text.length() : 16;
  }

  @Override
  void merge(Part other) {
    Categories more = (Categories) other;
    if (more.overflow) {
      clear();
      overflow = true;
    }
    more.counts.forEach(this::add);
  }

  /** Valid unless there were too many values: they may have become fewer. */
  @Override
  boolean unmerge(Part other) {
    Categories gone = (Categories) other;
    if (overflow || gone.overflow) {
      return false;
    }
    gone.counts.forEach(this::subtract);
    return true;
  }

  private void subtract(Object value, long count) {
    long held = counts.getOrDefault(value, 0L);
    if (held > count) {
      counts.put(value, held - count);
    } else {
      counts.remove(value);
      textBytes -= textBytes(value);
    }
  }

  @Override
  void clear() {
    counts.clear();
    textBytes = 0;
    overflow = false;
  }

  @Override
  int heapBytes() {
    return (int) (120 + 56L * counts.size() + textBytes);
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    out.varint(overflow ? MAX + 1L : counts.size());
    counts.forEach(
        (value, count) -> {
          out.value(value);
          out.varint(count);
        });
  }

  @Override
  void read(StateReader in, long tileMillis) {
    long written = in.varint();
    overflow = written > MAX;
    for (long i = overflow ? 0 : written; i > 0; i--) {
      Object value = in.value();
      add(value, in.varint());
    }
  }
}
