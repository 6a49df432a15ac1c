package dev.millrace.drift.sequence;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Evidence of a lasting shift of a figure in one direction, added up over windows. A window's
 * figure z has about the standard normal distribution while nothing has changed. For each of some
 * means k, up and down, the likelihood ratio
 *
 * <pre>e = exp(k z - k² / 2)</pre>
 *
 * is an e-value, and {@link ShiryaevRoberts} adds it up; the mean of these statistics is one, too.
 *
 * @param statistics of Shiryaev-Roberts, by mean
 */
public record ShiftEvidence(List<Double> statistics) {
  /** Powers of two: a mean between two of them is found by the nearer one, 6 % later. */
  private static final double[] MEANS = {-2, -1, -0.5, -0.25, 0.25, 0.5, 1, 2};

  /** Before the first window. */
  public static final ShiftEvidence START =
      new ShiftEvidence(Collections.nCopies(MEANS.length, 0.0));

  /** Copies the statistics. */
  public ShiftEvidence {
    statistics = List.copyOf(statistics);
    if (statistics.size() != MEANS.length) {
      throw new IllegalArgumentException(
          "there must be " + MEANS.length + " statistics, but there are " + statistics.size());
    }
  }

  /**
   * With one more window.
   *
   * @param z the window's figure
   * @param bias how far the mean of all figures may be from 0 without a change, at least 0
   * @param tau how many windows count as one, at least 1
   * @param most a larger e-value counts as this
   */
  public ShiftEvidence next(double z, double bias, double tau, double most) {
    return new ShiftEvidence(
        IntStream.range(0, MEANS.length)
            .mapToObj(i -> next(statistics.get(i), exponent(MEANS[i], z, bias) / tau, most))
            .toList());
  }

  private static Double next(double statistic, double exponent, double most) {
    double e = Math.min(most, StrictMath.exp(exponent));
    return new ShiryaevRoberts(statistic).next(e).statistic();
  }

  private static double exponent(double mean, double z, double bias) {
    return mean * z - Math.abs(mean) * bias - mean * mean / 2;
  }

  /** All statistics times a factor. */
  public ShiftEvidence times(double factor) {
    return new ShiftEvidence(statistics.stream().map(each -> each * factor).toList());
  }

  /** The mean of the statistics. */
  public double statistic() {
    return statistics.stream().mapToDouble(Double::doubleValue).sum() / MEANS.length;
  }
}
