package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts of all features in one slice, over the same bins as those of all rows. Without extremes
 * and distinct values, which are those of all rows. They merge exactly. Not thread-safe.
 */
public final class SliceCounts {
  private final CellLayout layout;
  private final long[] counts;
  private long rows;

  SliceCounts(CellLayout layout) {
    this.layout = layout;
    this.counts = new long[layout.cells()];
  }

  /**
   * Counts a row.
   *
   * @param cells of its values, by feature
   */
  public void add(int[] cells) {
    for (int i = 0; i < cells.length; i++) {
      counts[layout.offset(i) + cells[i]]++;
    }
    rows++;
  }

  /** Adds other counts over the same bins. */
  public SliceCounts merge(SliceCounts other) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException(
          "%d cells expected, not %d".formatted(counts.length, other.counts.length));
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    rows += other.rows;
    return this;
  }

  /** The number of rows. */
  public long rows() {
    return rows;
  }

  /** The counts of one feature, without extremes. */
  public Profile profile(int feature) {
    return profile(feature, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  /**
   * The counts of one feature.
   *
   * @param min no value is below it
   * @param max no value is above it
   */
  public Profile profile(int feature, double min, double max) {
    Bins bins = layout.bins(feature);
    int from = layout.offset(feature);
    Map<UnbinnedKind, Long> unbinned = new EnumMap<>(UnbinnedKind.class);
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      unbinned.put(kind, counts[from + bins.cell(kind)]);
    }
    return Profile.of(
        bins, Arrays.copyOfRange(counts, from, from + bins.size()), unbinned, min, max);
  }

  /** The form for state and the wire: the rows and each count, as variable-length integers. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varints.put(out, rows);
    int zeros = 0;
    for (long count : counts) {
      if (count == 0) {
        zeros++;
      } else {
        putZeros(out, zeros);
        zeros = 0;
        Varints.put(out, count);
      }
    }
    putZeros(out, zeros);
    return out.toByteArray();
  }

  /** Empty cells, of which most slices have many: 0 and their number. */
  private static void putZeros(ByteArrayOutputStream out, int zeros) {
    if (zeros > 0) {
      Varints.put(out, 0);
      Varints.put(out, zeros);
    }
  }

  static SliceCounts fromBytes(CellLayout layout, byte[] bytes) {
    SliceCounts read = new SliceCounts(layout);
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      read.rows = Varints.get(in);
      int cell = 0;
      while (in.hasRemaining()) {
        long count = Varints.get(in);
        if (count == 0) {
          cell += (int) Math.min(Varints.get(in), Integer.MAX_VALUE / 2);
        } else if (cell < read.counts.length) {
          read.counts[cell++] = count;
        } else {
          break;
        }
      }
      if (cell != read.counts.length || in.hasRemaining()) {
        throw new IllegalArgumentException(
            "counts of a slice over other bins: %d cells expected".formatted(read.counts.length));
      }
      return read;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("counts cut off after " + bytes.length + " bytes", e);
    }
  }
}
