package dev.millrace.drift.calibration;

import org.apache.commons.numbers.gamma.RegularizedBeta;

/** Tests of the next value of normally distributed ones, with their mean and variance estimated. */
public final class Prediction {
  private Prediction() {}

  /**
   * P-value of a value that is greater than earlier ones, by Student's t of a prediction (Hahn,
   * Meeker: Statistical Intervals, 1991, section 4.7).
   *
   * @param earlier at least two values
   * @param leastSd least standard deviation of the earlier ones
   */
  public static double upper(double value, double[] earlier, double leastSd) {
    double mean = 0;
    for (double each : earlier) {
      mean += each / earlier.length;
    }
    double squares = 0;
    for (double each : earlier) {
      squares += (each - mean) * (each - mean);
    }
    double sd = Math.max(leastSd, Math.sqrt(squares / (earlier.length - 1)));
    if (sd == 0) {
      return value > mean ? 0 : 1;
    }
    return student(
        (value - mean) / (sd * Math.sqrt(1 + 1.0 / earlier.length)), earlier.length - 1.0);
  }

  /** P(T &gt; t) of Student's distribution. */
  public static double student(double t, double degrees) {
    double tail = RegularizedBeta.value(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
    return t > 0 ? tail : 1 - tail;
  }
}
