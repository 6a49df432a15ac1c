package dev.millrace.drift.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Weighted values that represent a stream's distribution (Munro, Paterson, "Selection and sorting
 * with limited storage", 1980). Values are kept as they are until there are {@link #CAPACITY}; then
 * they are sorted and every other one kept, with twice the weight, and so on with two such halves
 * of one weight. The half that is removed alternates, where other sketches choose it at random, so
 * that the same values in the same order give the same sketch; another order may give another
 * sketch. Not thread-safe.
 *
 * <p>Halving values of weight w moves a rank by at most w, and happens once in {@code CAPACITY * w}
 * values; so ranks are wrong by at most (log2(n / CAPACITY) + 1) / CAPACITY of n values: 0.013 % of
 * ten million, a thirtieth of a 256th, and this bound does not depend on chance. Each doubling of n
 * takes a quarter of a megabyte.
 */
final class QuantileSketch {
  /** Number of values up to which all are kept. */
  static final int CAPACITY = 1 << 16;

  private static final int FIRST = 1 << 10;

  /**
   * Each level is empty or has half the capacity, ascending; the weight at the first level is 2.
   */
  private final List<double[]> levels = new ArrayList<>();

  private final List<Boolean> odd = new ArrayList<>();
  private double[] newest = new double[FIRST];
  private int size;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /** Adds a finite value. */
  void add(double value) {
    if (size == newest.length) {
      newest = Arrays.copyOf(newest, Math.min(CAPACITY, 2 * size));
    }
    newest[size++] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (size == CAPACITY) {
      compact();
    }
  }

  /** The values of the sketch, in no particular order. */
  List<BinCutter.Weighted> values() {
    List<BinCutter.Weighted> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(new BinCutter.Weighted(newest[i], 1));
    }
    for (int level = 0; level < levels.size(); level++) {
      for (double value : levels.get(level)) {
        values.add(new BinCutter.Weighted(value, 2L << level));
      }
    }
    return values;
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  private void compact() {
    double[] full = newest;
    Arrays.sort(full);
    for (int level = 0; ; level++) {
      if (level == levels.size()) {
        levels.add(new double[0]);
        odd.add(false);
      }
      double[] half = half(full, level);
      double[] waiting = levels.get(level);
      if (waiting.length == 0) {
        levels.set(level, half);
        break;
      }
      levels.set(level, new double[0]);
      full = Arrays.copyOf(waiting, CAPACITY);
      System.arraycopy(half, 0, full, half.length, half.length);
      Arrays.sort(full);
    }
    size = 0;
  }

  private double[] half(double[] sorted, int level) {
    double[] half = new double[CAPACITY / 2];
    int offset = odd.get(level) ? 1 : 0;
    odd.set(level, offset == 0);
    for (int i = 0; i < half.length; i++) {
      half[i] = sorted[2 * i + offset];
    }
    return half;
  }
}
