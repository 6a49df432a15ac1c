package dev.millrace.schemas.operation;

import java.util.Arrays;

/**
 * A sum of doubles without rounding: it is held as an expansion of doubles that do not overlap, and
 * is rounded once, when it is read (Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997,
 * sections 2.3 and 2.4).
 *
 * <p>The sum does not depend on the order of its terms, and subtracting a term undoes adding it
 * exactly: when a window slides in either direction, or is computed from other partial sums after a
 * restart, the value is the same to the last bit. Two or three doubles suffice for most data. Terms
 * must be finite and at most 2^1000 in magnitude.
 */
public final class ExactSum {
  private static final double[] NONE = {};

  // From the smallest to the largest magnitude; no zeros.
  private double[] parts = NONE;
  private int size;

  /** Adds a term, which must be finite and at most 2^1000 in magnitude. */
  public void add(double term) {
    double rest = term;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      double part = parts[i];
      double high = rest + part;
      double virtual = high - rest;
      double low = (rest - (high - virtual)) + (part - virtual);
      if (low != 0) {
        parts[kept++] = low;
      }
      rest = high;
    }
    if (rest != 0) {
      if (kept == parts.length) {
        parts = Arrays.copyOf(parts, Math.max(2, 2 * kept));
      }
      parts[kept++] = rest;
    }
    size = kept;
  }

  /** Adds all terms of another sum. */
  public void add(ExactSum other) {
    for (int i = 0; i < other.size; i++) {
      add(other.parts[i]);
    }
  }

  void subtract(ExactSum other) {
    for (int i = 0; i < other.size; i++) {
      add(-other.parts[i]);
    }
  }

  /** Adds the product, which an expansion of two doubles holds exactly. */
  void addProduct(double left, double right) {
    double product = left * right;
    add(product);
    double low = Math.fma(left, right, -product);
    if (low != 0) {
      add(low);
    }
  }

  /** Its memory on a 64-bit JVM, estimated. */
  int heapBytes() {
    return 40 + 8 * parts.length;
  }

  int size() {
    return size;
  }

  double part(int index) {
    return parts[index];
  }

  void clear() {
    size = 0;
  }

  /** Writes the sum; {@link #read} reads it. */
  public void write(StateWriter out) {
    out.varint(size);
    for (int i = 0; i < size; i++) {
      out.number(parts[i]);
    }
  }

  /** Adds what {@link #write} wrote. */
  public void read(StateReader in) {
    for (long i = in.varint(); i > 0; i--) {
      add(in.number());
    }
  }

  /** The exact sum, rounded to the nearest double, ties to even. */
  public double value() {
    if (size == 0) {
      return 0;
    }
    int i = size - 1;
    double high = parts[i];
    double low = 0;
    while (i > 0 && low == 0) {
      double part = parts[--i];
      double sum = high + part;
      low = part - (sum - high);
      high = sum;
    }
    // Where `low` is half of the last place of `high`, the smaller parts, which are not added yet,
    // decide the direction of rounding.
    if (low != 0 && i > 0 && Math.signum(low) == Math.signum(parts[i - 1])) {
      double up = high + 2 * low;
      if (up - high == 2 * low) {
        return up;
      }
    }
    return high;
  }
}
