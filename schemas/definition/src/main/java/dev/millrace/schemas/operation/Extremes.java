package dev.millrace.schemas.operation;

/** The smallest and the largest number. */
final class Extremes extends Part {
  /** Has no parameters. */
  record Spec() implements PartSpec {
    @Override
    public Part create() {
      return new Extremes();
    }

    @Override
    public boolean isNumeric() {
      return true;
    }
  }

  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  private Extremes() {}

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    double number = Sums.number(value);
    min = Math.min(min, number);
    max = Math.max(max, number);
  }

  @Override
  void merge(Part other) {
    Extremes more = (Extremes) other;
    min = Math.min(min, more.min);
    max = Math.max(max, more.max);
  }

  /** Valid if the numbers that leave lie between the extremes. */
  @Override
  boolean unmerge(Part other) {
    Extremes gone = (Extremes) other;
    return gone.min > min && gone.max < max;
  }

  @Override
  void clear() {
    min = Double.POSITIVE_INFINITY;
    max = Double.NEGATIVE_INFINITY;
  }

  @Override
  int heapBytes() {
    return 32;
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    out.number(min);
    out.number(max);
  }

  @Override
  void read(StateReader in, long tileMillis) {
    min = in.number();
    max = in.number();
  }
}
