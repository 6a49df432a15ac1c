package dev.millrace.drift.quality;

/**
 * Expected calibration error over bins of equal width (Naeini, Cooper, Hauskrecht, AAAI 2015).
 *
 * @param value the mean over rows of the distance between the mean score and the share of positives
 *     of their bin; chance alone makes it positive
 * @param reach bound, at 95 %, of the distance to the error without chance, of independent rows
 */
record CalibrationError(double value, double reach) {

  /**
   * By the triangle inequality the error changes by at most the weighted sum of the bins' own
   * distances to their expectations. These are half-normal: mean s sqrt(2/pi), variance s^2 (1 -
   * 2/pi). The quantile of their sum is that of a normal distribution.
   */
  static CalibrationError of(BinaryCounts counts) {
    double n = counts.total();
    double value = 0;
    double mean = 0;
    double variance = 0;
    for (int bin = 0; bin < BinaryCounts.CALIBRATION_BINS; bin++) {
      double rows = counts.binRows(bin);
      if (rows == 0) {
        continue;
      }
      double positives = counts.binPositives(bin);
      value += Math.abs(positives - counts.binScores(bin)) / n;
      // Agresti and Coull's share, since a bin without positives is not without variance.
      double share = (positives + 2) / (rows + 4);
      double weighted = rows / n * Math.sqrt(share * (1 - share) / rows);
      mean += weighted * Math.sqrt(2 / Math.PI);
      variance += weighted * weighted * (1 - 2 / Math.PI);
    }
    double quantile = Overdispersion.normalQuantile(1 - Intervals.ALPHA);
    return new CalibrationError(value, mean + quantile * Math.sqrt(variance));
  }
}
