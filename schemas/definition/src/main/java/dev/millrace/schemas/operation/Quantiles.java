package dev.millrace.schemas.operation;

import java.util.Arrays;

/**
 * A quantile sketch: DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile
 * sketch with relative-error guarantees", VLDB 2019) with buckets that divide each power of two
 * into 64 equal intervals, which is the paper's mapping with log2 replaced by its linear
 * interpolation. A bucket is found from the bits of the number, without a logarithm.
 *
 * <p>A quantile differs from the exact one by at most {@link #RELATIVE_ERROR} of it, if its
 * magnitude is between 2^-40 and 2^64; smaller ones count as 0, larger ones as 2^64. The counts are
 * integers in fixed buckets, so that merging is exact and {@link #unmerge} undoes it.
 *
 * <p>Memory: 12 bytes for each bucket with a value, at most the number of different values and at
 * most {@link #MAX_BUCKETS}; values within a factor of 1,000 of each other have at most 640.
 */
final class Quantiles extends Part {
  /** Has no parameters. */
  record Spec() implements PartSpec {
    @Override
    public Part create() {
      return new Quantiles();
    }

    @Override
    public boolean isNumeric() {
      return true;
    }
  }

  /** log2 of the number of buckets of a power of two. */
  private static final int PRECISION = 6;

  /** Half the width of a bucket relative to its centre: 1 / (2 * 64 + 1). */
  static final double RELATIVE_ERROR = 1.0 / ((2 << PRECISION) + 1);

  private static final int SHIFT = 52 - PRECISION;
  private static final double SMALLEST = 0x1p-40;
  private static final double LARGEST = 0x1p64;

  /** The bucket of {@link #SMALLEST} has the key 1, and that of zero the key 0. */
  private static final int OFFSET = (int) (Double.doubleToRawLongBits(SMALLEST) >>> SHIFT) - 1;

  /** Two signs, 104 powers of two of 64 buckets, the bucket of 2^64 and the bucket of zero. */
  static final int MAX_BUCKETS = 2 * (104 * 64 + 1) + 1;

  // Sorted by key; the counts are not zero.
  private int[] keys = {};
  private long[] counts = {};
  private int size;
  private long total;

  private Quantiles() {}

  /** The number of its bucket. Keys have the order of the numbers. */
  private static int key(double number) {
    double magnitude = Math.min(Math.abs(number), LARGEST);
    if (magnitude < SMALLEST) {
      return 0;
    }
    int key = (int) (Double.doubleToRawLongBits(magnitude) >>> SHIFT) - OFFSET;
    return number < 0 ? -key : key;
  }

  /** The number that has the same relative distance to both ends of a bucket. */
  private static double centre(int key) {
    if (key == 0) {
      return 0;
    }
    long bits = (long) (Math.abs(key) + OFFSET) << SHIFT;
    double low = Double.longBitsToDouble(bits);
    double high = Double.longBitsToDouble(bits + (1L << SHIFT));
    double centre = low * (2 * high / (low + high));
    return key < 0 ? -centre : centre;
  }

  /**
   * The value of rank {@code floor(share * (count - 1))}, counted from 0, as in the paper.
   *
   * @param percent from 0 to 100
   */
  double quantile(int percent) {
    long rank = Math.floorDiv(Math.multiplyExact(percent, total - 1), 100L);
    long seen = 0;
    for (int i = 0; i < size; i++) {
      seen += counts[i];
      if (seen > rank) {
        return centre(keys[i]);
      }
    }
    throw new IllegalStateException("a quantile of no values");
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    add(key(((Number) value).doubleValue()), 1);
  }

  private void add(int key, long count) {
    total += count;
    int at = Arrays.binarySearch(keys, 0, size, key);
    if (at < 0) {
      insert(~at, key, count);
      return;
    }
    counts[at] += count;
    if (counts[at] == 0) {
      size--;
      System.arraycopy(keys, at + 1, keys, at, size - at);
      System.arraycopy(counts, at + 1, counts, at, size - at);
    }
  }

  private void insert(int at, int key, long count) {
    if (size == keys.length) {
      int capacity = size == 0 ? 1 : size + (size >> 1) + 1;
      keys = Arrays.copyOf(keys, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    System.arraycopy(keys, at, keys, at + 1, size - at);
    System.arraycopy(counts, at, counts, at + 1, size - at);
    keys[at] = key;
    counts[at] = count;
    size++;
  }

  @Override
  void merge(Part other) {
    Quantiles more = (Quantiles) other;
    for (int i = 0; i < more.size; i++) {
      add(more.keys[i], more.counts[i]);
    }
  }

  @Override
  boolean unmerge(Part other) {
    Quantiles gone = (Quantiles) other;
    for (int i = 0; i < gone.size; i++) {
      add(gone.keys[i], -gone.counts[i]);
    }
    return true;
  }

  @Override
  void clear() {
    size = 0;
    total = 0;
  }

  @Override
  int heapBytes() {
    return 72 + 12 * keys.length;
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    out.varint(size);
    int previous = -MAX_BUCKETS;
    for (int i = 0; i < size; i++) {
      out.varint((long) keys[i] - previous);
      out.varint(counts[i]);
      previous = keys[i];
    }
  }

  @Override
  void read(StateReader in, long tileMillis) {
    int key = -MAX_BUCKETS;
    for (long i = in.varint(); i > 0; i--) {
      key += (int) in.varint();
      add(key, in.varint());
    }
  }
}
