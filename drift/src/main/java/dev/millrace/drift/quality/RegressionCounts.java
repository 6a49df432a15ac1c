package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;

/**
 * Exact sums of the errors of scores of a numeric label. Not thread-safe.
 *
 * <p>The error of a row is its score less its label.
 */
public final class RegressionCounts {
  /** The fourth power of a greater error could exceed 2^1000, the bound of an exact sum. */
  static final double GREATEST_ERROR = 0x1p249;

  private final Moments errors = new Moments();
  private final Moments absolutes = new Moments();
  private final Moments squares = new Moments();
  private long rows;
  private long excluded;

  /** Whether a row with this error is in the metrics. */
  static boolean counts(double error) {
    return Math.abs(error) < GREATEST_ERROR;
  }

  /**
   * Counts a row; one whose error is not below 2^249 is in no metric.
   *
   * @return whether it is in the metrics
   */
  public boolean add(double score, double label) {
    double error = score - label;
    if (!counts(error)) {
      excluded++;
      return false;
    }
    rows++;
    errors.add(error);
    absolutes.add(Math.abs(error));
    squares.add(error * error);
    return true;
  }

  /** Adds all counts of others. */
  public void add(RegressionCounts other) {
    rows += other.rows;
    excluded += other.excluded;
    errors.add(other.errors);
    absolutes.add(other.absolutes);
    squares.add(other.squares);
  }

  /** Rows counted, without those that are in no metric. */
  public long rows() {
    return rows;
  }

  /** Rows whose error is too large for a metric. */
  public long excluded() {
    return excluded;
  }

  Moments errors() {
    return errors;
  }

  Moments absolutes() {
    return absolutes;
  }

  Moments squares() {
    return squares;
  }

  void write(StateWriter out) {
    out.varint(rows);
    out.varint(excluded);
    errors.write(out);
    absolutes.write(out);
    squares.write(out);
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    rows += in.varint();
    excluded += in.varint();
    errors.read(in);
    absolutes.read(in);
    squares.read(in);
  }
}
