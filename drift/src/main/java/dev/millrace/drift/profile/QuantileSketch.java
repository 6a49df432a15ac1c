package dev.millrace.drift.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Weighted values that stand for a stream's distribution (Munro, Paterson, "Selection and sorting
 * with limited storage", 1980). Values are kept as they are until there are {@link #CAPACITY}; then
 * they are sorted and every other one kept, with twice the weight, and so on with two such halves
 * of one weight. Which half goes alternates where others draw lots, so that the same values in the
 * same order leave the same ones; another order may leave others. Not thread-safe.
 *
 * <p>Halving values of weight w moves a rank by at most w, and happens once in {@code CAPACITY * w}
 * values; so ranks are wrong by at most (log2(n / CAPACITY) + 1) / CAPACITY of n values: 0.013 % of
 * ten million, a thirtieth of a 256th, and never by bad luck. Each doubling of n costs a quarter of
 * a megabyte.
 */
final class QuantileSketch {
  /** Up to so many values all are kept. */
  static final int CAPACITY = 1 << 16;

  private static final int FIRST = 1 << 10;

  /** At each level nothing, or half the capacity, ascending; a value weighs 2 at the first. */
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

  /** The values left, in no order. */
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
