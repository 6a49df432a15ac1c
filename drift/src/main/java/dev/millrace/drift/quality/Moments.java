package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.ExactSum;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;

/**
 * The exact sums of values and of their squares, which do not depend on the order of the values.
 * Not thread-safe.
 */
final class Moments {
  private final ExactSum sum = new ExactSum();
  private final ExactSum squares = new ExactSum();

  void add(double value) {
    sum.add(value);
    squares.add(value * value);
  }

  void add(Moments other) {
    sum.add(other.sum);
    squares.add(other.squares);
  }

  double mean(long n) {
    return sum.value() / n;
  }

  /** Variance of one value, estimated without bias; n must be at least 2. */
  double variance(long n) {
    double mean = mean(n);
    return Math.max(0, squares.value() - n * mean * mean) / (n - 1);
  }

  void write(StateWriter out) {
    sum.write(out);
    squares.write(out);
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    sum.read(in);
    squares.read(in);
  }
}
