package dev.millrace.drift.sequence;

/**
 * The error rate of a classifier, as known from labels.
 *
 * @param counted rows with a label
 * @param wrong those of them whose prediction was wrong
 */
public record ErrorRate(long counted, long wrong) implements ErrorReference {
  /** ln 1.1: the odds of an error grow or shrink by a tenth. */
  private static final double SMALLEST_SHIFT = StrictMath.log(1.1);

  /** Nothing is known: the first labels of the stream itself become the reference. */
  public static final ErrorRate UNKNOWN = new ErrorRate(0, 0);

  /** Checks the counts. */
  public ErrorRate {
    if (wrong < 0 || wrong > counted) {
      throw new IllegalArgumentException(
          "of " + counted + " rows with a label, " + wrong + " cannot be wrong");
    }
  }

  /** Jeffreys' prior is worth one label. */
  @Override
  public double labels() {
    return counted + 1.0;
  }

  /** Jeffreys' prior is worth half an error. */
  @Override
  public double errors() {
    return wrong + 0.5;
  }

  @Override
  public double unit() {
    return 1;
  }

  @Override
  public double logPartition(double t) {
    return Math.max(t, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(t)));
  }

  @Override
  public double mean(double t) {
    return 1 / (1 + StrictMath.exp(-t));
  }

  @Override
  public double variance(double t) {
    return mean(t) * mean(-t);
  }

  @Override
  public double varianceAt(double mean) {
    return mean * (1 - mean);
  }

  @Override
  public double smallestShift() {
    return SMALLEST_SHIFT;
  }
}
