package dev.millrace.schemas.operation;

import org.jspecify.annotations.Nullable;

/**
 * The partial result of some values of one input, from which a {@link Calculation} computes the
 * result of an operation: the number of values, and the {@link Part}s of its {@link Layout}.
 *
 * <p>Merging is associative and commutative to the last bit. {@link #unmerge} removes values again;
 * a part from which they cannot be removed is stale from then on, until {@link #clear} empties it
 * and {@link #mergePart} merges what remains.
 */
public final class Partial {
  /**
   * The largest magnitude that counts as a number. Below it n^2 times a square stays under 2^1023
   * for any count n that a stream can reach (2^61), so no arithmetic here overflows.
   */
  static final double LIMIT = 0x1p450;

  private final Layout layout;
  private final Part[] parts;
  private long count;

  /** Bit set of the parts that are stale. */
  private long stale;

  /** The partial result without values. */
  public Partial(Layout layout) {
    this.layout = layout;
    this.parts = layout.create();
  }

  /**
   * Whether a value counts. Null does not count; a number does not if it is NaN, infinite or beyond
   * 2^450.
   */
  public static boolean counts(@Nullable Object value) {
    return value != null && (!(value instanceof Double number) || Math.abs(number) <= LIMIT);
  }

  /**
   * Adds a value that {@link #counts}.
   *
   * @param order decides which of several values of the same time is the last: a larger number is
   *     later; not negative
   */
  public void update(Object value, long timeMillis, long order) {
    count++;
    for (int i = 0; i < parts.length; i++) {
      if (!isStale(i)) {
        parts[i].update(value, timeMillis, order);
      }
    }
  }

  /** Adds the values of another partial result of the same layout. */
  public void merge(Partial other) {
    count += other.count;
    for (int i = 0; i < parts.length; i++) {
      if (!isStale(i)) {
        parts[i].merge(other.parts[i]);
      }
    }
  }

  /** Removes the values of a partial result that was merged before. */
  public void unmerge(Partial other) {
    count -= other.count;
    if (count == 0) {
      clear();
      return;
    }
    for (int i = 0; i < parts.length; i++) {
      if (!isStale(i) && !parts[i].unmerge(other.parts[i])) {
        stale |= 1L << i;
      }
    }
  }

  /** Removes all values. */
  public void clear() {
    count = 0;
    for (int i = 0; i < parts.length; i++) {
      clear(i);
    }
  }

  /** Empties a part, which is not stale then. */
  public void clear(int part) {
    parts[part].clear();
    stale &= ~(1L << part);
  }

  /** Adds one part of another partial result, without its count. */
  public void mergePart(int part, Partial other) {
    parts[part].merge(other.parts[part]);
  }

  /** Whether a part must be made again; false for -1, no part. */
  public boolean isStale(int part) {
    return part >= 0 && (stale & 1L << part) != 0;
  }

  /** The number of values. */
  public long count() {
    return count;
  }

  Part part(int index) {
    return parts[index];
  }

  /** Its memory on a 64-bit JVM, estimated. */
  public int heapBytes() {
    int bytes = 56 + 4 * parts.length;
    for (Part part : parts) {
      bytes += part.heapBytes();
    }
    return bytes;
  }

  /**
   * Writes the partial result; a count of 0 stands for one without values.
   *
   * @param tileMillis a time close to those of the values, and not before them
   */
  public void write(StateWriter out, long tileMillis) {
    out.varint(count);
    if (count == 1 && layout.eventPart() >= 0) {
      parts[layout.eventPart()].write(out, tileMillis);
    } else if (count == 1 && layout.numberPart() >= 0) {
      out.number(((Sums) parts[layout.numberPart()]).sum());
    } else {
      for (Part part : parts) {
        part.write(out, tileMillis);
      }
    }
  }

  /** Reads what {@link #write} wrote; null for a count of 0. */
  public static @Nullable Partial read(StateReader in, Layout layout, long tileMillis) {
    long count = in.varint();
    if (count == 0) {
      return null;
    }
    Partial partial = new Partial(layout);
    if (count == 1 && layout.eventPart() >= 0) {
      partial.readEvent(in, tileMillis);
    } else if (count == 1 && layout.numberPart() >= 0) {
      partial.update(in.number(), tileMillis, 0);
    } else {
      partial.count = count;
      for (Part part : partial.parts) {
        part.read(in, tileMillis);
      }
    }
    return partial;
  }

  private void readEvent(StateReader in, long tileMillis) {
    Part holder = parts[layout.eventPart()];
    holder.read(in, tileMillis);
    Entry entry = holder instanceof Latest latest ? latest.entry(0) : ((Earliest) holder).entry();
    if (entry == null) {
      throw new IllegalArgumentException("the state is corrupt: a value is missing");
    }
    holder.clear();
    update(entry.value(), entry.timeMillis(), entry.order());
  }
}
