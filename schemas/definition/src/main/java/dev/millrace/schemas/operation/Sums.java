package dev.millrace.schemas.operation;

import org.jspecify.annotations.Nullable;

/** The exact sum of numbers, and of their squares if an operation needs it. */
final class Sums extends Part {
  /** Whether the sum of squares is kept, too. */
  record Spec(boolean squares) implements PartSpec {
    @Override
    public Part create() {
      return new Sums(squares);
    }

    @Override
    public PartSpec union(PartSpec other) {
      return squares ? this : other;
    }

    @Override
    public boolean isNumeric() {
      return true;
    }
  }

  /** A difference that loses more than six of its 53 bits is computed exactly instead. */
  private static final double CANCELLATION = 64;

  private final ExactSum sum = new ExactSum();
  private final @Nullable ExactSum squares;

  private Sums(boolean squares) {
    this.squares = squares ? new ExactSum() : null;
  }

  /**
   * A value as a number: true is 1, false is 0, and -0.0 is 0.0, since a sum cannot keep its sign.
   */
  static double number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    return ((Number) value).doubleValue() + 0.0;
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    double number = number(value);
    sum.add(number);
    if (squares != null) {
      squares.addProduct(number, number);
    }
  }

  @Override
  void merge(Part other) {
    Sums more = (Sums) other;
    sum.add(more.sum);
    if (squares != null && more.squares != null) {
      squares.add(more.squares);
    }
  }

  @Override
  boolean unmerge(Part other) {
    Sums gone = (Sums) other;
    sum.subtract(gone.sum);
    if (squares != null && gone.squares != null) {
      squares.subtract(gone.squares);
    }
    return true;
  }

  @Override
  void clear() {
    sum.clear();
    if (squares != null) {
      squares.clear();
    }
  }

  /** The sum, correctly rounded. */
  double sum() {
    return sum.value();
  }

  /** The population standard deviation, sqrt(n * sum(x^2) - sum(x)^2) / n, to 13 digits. */
  double stddev(long count) {
    return Math.sqrt(scatter(count)) / (double) count;
  }

  /** The population variance, (n * sum(x^2) - sum(x)^2) / n^2, to 13 digits. */
  double variance(long count) {
    return scatter(count) / ((double) count * (double) count);
  }

  /**
   * n * sum(x^2) - sum(x)^2, to 13 digits, however large the mean: each of the two terms is off by
   * at most 2 units of 2^-53, and the difference is at least a 64th of them.
   */
  private double scatter(long count) {
    if (squares == null) {
      throw new IllegalStateException("the sum of squares is not kept");
    }
    double total = sum.value();
    double squared = (double) count * squares.value();
    double scatter = Math.fma(-total, total, squared);
    return scatter < squared / CANCELLATION ? exactScatter(count, squares) : scatter;
  }

  private double exactScatter(long count, ExactSum ofSquares) {
    ExactSum scatter = new ExactSum();
    for (int i = 0; i < ofSquares.size(); i++) {
      scatter.addProduct((double) count, ofSquares.part(i));
    }
    for (int i = 0; i < sum.size(); i++) {
      for (int j = 0; j < sum.size(); j++) {
        scatter.addProduct(-sum.part(i), sum.part(j));
      }
    }
    return Math.max(0, scatter.value());
  }

  @Override
  int heapBytes() {
    return 24 + sum.heapBytes() + (squares == null ? 0 : squares.heapBytes());
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    sum.write(out);
    if (squares != null) {
      squares.write(out);
    }
  }

  @Override
  void read(StateReader in, long tileMillis) {
    sum.read(in);
    if (squares != null) {
      squares.read(in);
    }
  }
}
