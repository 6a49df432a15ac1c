package dev.millrace.drift.sequence;

/**
 * A Shiryaev-Roberts e-detector: adds up the evidence of a change at any earlier window (Shin,
 * Ramdas, Rinaldo: "E-detectors: a nonparametric framework for sequential change detection", 2022).
 *
 * <p>While nothing has changed and each e-value is on average at most 1 given those before, the
 * mean number of windows until the statistic reaches a threshold A is at least A. For F detectors
 * that share one budget the threshold is A F: the mean of their statistics is such a detector, too,
 * and reaches A not later than one of them reaches A F; they may depend on each other.
 *
 * @param statistic the sum over all windows k so far of the product of the e-values since k
 */
public record ShiryaevRoberts(double statistic) {
  /** Before the first window, and after an alarm has been dealt with. */
  public static final ShiryaevRoberts START = new ShiryaevRoberts(0);

  /** Checks the statistic. */
  public ShiryaevRoberts {
    if (!(statistic >= 0)) {
      throw new IllegalArgumentException(
          "a Shiryaev-Roberts statistic must be at least 0, but is " + statistic);
    }
  }

  /**
   * The detector after one more window: R = (1 + R) e. The statistic stays finite.
   *
   * @param e the window's e-value
   * @throws IllegalArgumentException if it is negative or NaN
   */
  public ShiryaevRoberts next(double e) {
    if (!(e >= 0)) {
      throw new IllegalArgumentException("an e-value must be at least 0, but is " + e);
    }
    return new ShiryaevRoberts(Math.min((1 + statistic) * e, Double.MAX_VALUE));
  }

  /**
   * Whether a change has been found.
   *
   * @param threshold the least mean number of windows between false alarms, times the number of
   *     detectors that share the budget
   */
  public boolean alarms(double threshold) {
    return statistic >= threshold;
  }
}
