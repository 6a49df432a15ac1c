package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * The two-sample test of Kolmogorov and Smirnov, calibrated with calm windows. D is the largest
 * difference of the two distribution functions.
 */
final class KolmogorovSmirnov {
  /** The mean of the squared statistic, of independent rows. */
  private static final double MEAN = Math.PI * Math.PI / 12;

  /**
   * Its variance relative to the squared mean: E K^4 = 7 pi^4 / 720 (Marsaglia, Tsang, Wang 2003).
   */
  private static final double VARIANCE = 7 * Math.pow(Math.PI, 4) / 720 / (MEAN * MEAN) - 1;

  /**
   * From this dispersion on the test misses changes that are smaller than those between calm
   * windows, and the test inside groups is made, too.
   */
  private static final double DISPERSED = 2;

  private KolmogorovSmirnov() {}

  /** How much the statistic varies between calm windows. */
  static Dispersion dispersion(Baseline baseline) {
    return baseline.of(StatisticalTest.KOLMOGOROV_SMIRNOV, VARIANCE);
  }

  /** Whether the test inside groups is made, too. */
  static boolean isDispersed(Dispersion calm) {
    return calm.phi() >= DISPERSED;
  }

  /** The largest difference of the distribution functions. */
  static double difference(BinnedSamples samples) {
    double n = samples.windowTotal();
    double m = samples.referenceTotal();
    double d = 0;
    long f = 0;
    long g = 0;
    for (int i = 0; i < samples.size(); i++) {
      f += samples.window(i);
      g += samples.reference(i);
      d = Math.max(d, Math.abs(f / n - g / m));
    }
    return d;
  }

  /**
   * The squared statistic over its mean of independent rows.
   *
   * @param d the largest difference of the distribution functions
   * @param n values of the window
   * @param m values of the reference
   */
  static double ratio(double d, double n, double m) {
    return n / (n + m) * m * d * d / MEAN;
  }

  /**
   * The calibrated p-value.
   *
   * @param d the largest difference of the distribution functions
   * @param n values of the window
   * @param m values of the reference
   * @param scale the window's effective size relative to that of the calm windows
   */
  static double pValue(double d, double n, double m, Dispersion calm, double scale) {
    return calm.pValue(ratio(d, n, m), phi -> pValue(d, n, m, phi), scale);
  }

  /** The p-value of independent rows. */
  static double pValue(BinnedSamples samples) {
    double n = (double) samples.windowTotal();
    double m = (double) samples.referenceTotal();
    return Kolmogorov.pValue(difference(samples), n, m);
  }

  /**
   * The p-value given the dispersion: that of 1/phi of the rows, which is for a statistic of
   * independent rows, or if that is larger, the tail of the difference at the median, which is
   * normal: between windows it has the variance that phi adds, and a quarter by chance.
   */
  private static double pValue(double d, double n, double m, double phi) {
    double independent = Kolmogorov.pValue(d, n / phi, m / phi);
    double variance = 0.25 + (phi - 1) * MEAN;
    double size = n / (n + m) * m;
    return phi <= 1
        ? independent
        : Math.max(independent, Erfc.value(d * Math.sqrt(size / variance / 2)));
  }
}
