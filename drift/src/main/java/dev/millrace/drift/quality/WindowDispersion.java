package dev.millrace.drift.quality;

import dev.millrace.drift.calibration.Tails;
import java.util.List;

/**
 * How much more the errors of windows vary than those of independent rows, from windows in which
 * nothing is known to have changed. A detector divides its evidence by it, so that the weather of a
 * day is no drift.
 *
 * <p>Two corrections keep it from being too small. Few windows give a poor estimate: the upper
 * bound of 90 % confidence is taken, with the chi-square distribution. Neighbouring windows share
 * their causes: the variance of a sum over many windows is (1 + r) / (1 - r) times as large with an
 * autocorrelation r of first order (Bartlett, Supplement to the JRSS 8, 1946).
 */
final class WindowDispersion {
  /** Windows that are needed. */
  static final int LEAST_WINDOWS = 14;

  private static final double CONFIDENCE = 0.9;

  /** The factor of a greater autocorrelation cannot be estimated from a few windows. */
  private static final double MOST_AUTOCORRELATION = 0.8;

  private WindowDispersion() {}

  /**
   * The dispersion, at least 1.
   *
   * @param windows with rows, in the order of time
   */
  static double of(List<WindowErrors> windows) {
    double rows = 0;
    double errors = 0;
    for (WindowErrors each : windows) {
      rows += each.rows();
      errors += each.errors();
    }
    double share = (errors + 0.5) / (rows + 1);
    double pearson = 0;
    double products = 0;
    double before = 0;
    for (WindowErrors each : windows) {
      double deviation =
          (each.errors() - each.rows() * share) / Math.sqrt(each.rows() * share * (1 - share));
      pearson += deviation * deviation;
      products += deviation * before;
      before = deviation;
    }
    int degrees = windows.size() - 1;
    double correlation =
        pearson == 0 ? 0 : Math.min(MOST_AUTOCORRELATION, Math.max(0, products / pearson));
    double bound = pearson / Tails.chiSquareQuantile(1 - CONFIDENCE, degrees);
    return Math.max(1, bound * (1 + correlation) / (1 - correlation));
  }
}
