package dev.millrace.drift.coverage;

import dev.millrace.drift.coverage.CoverageMonitor.CalmWindow;
import java.util.List;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * The distribution of the next window's share, from the shares of earlier windows. Shares differ
 * between windows by more than chance, since labels of a day come and fail together; the window is
 * the unit. Shares are transformed to {@code y = asin(sqrt((k + 3/8) / (n + 3/4)))}, whose variance
 * in a window is about 1 / (4n + 2) at any share (Anscombe, Biometrika 35, 1948). The variance
 * between windows is the moment estimate of DerSimonian and Laird (Controlled Clinical Trials 7,
 * 1986), and the next y is predicted with Student's t of two degrees of freedom less than windows,
 * as Higgins, Thompson and Spiegelhalter do (JRSS A 172, 2009): its heavy tails allow for the
 * uncertainty of that estimate.
 */
final class ShareForecast {
  private final double mean;
  private final double varianceOfMean;
  private final double varianceBetween;
  private final int windows;

  private ShareForecast(double mean, double varianceOfMean, double varianceBetween, int windows) {
    this.mean = mean;
    this.varianceOfMean = varianceOfMean;
    this.varianceBetween = varianceBetween;
    this.windows = windows;
  }

  /**
   * @param calm at least 3 windows
   */
  static ShareForecast of(List<CalmWindow> calm) {
    double weight = 0;
    double weightSquares = 0;
    double sum = 0;
    for (CalmWindow each : calm) {
      double precision = precision(each);
      weight += precision;
      weightSquares += precision * precision;
      sum += precision * transformed(each);
    }
    double fixed = sum / weight;
    double q = 0;
    for (CalmWindow each : calm) {
      double gap = transformed(each) - fixed;
      q += precision(each) * gap * gap;
    }
    double between = Math.max(0, (q - (calm.size() - 1)) / (weight - weightSquares / weight));
    double total = 0;
    double mean = 0;
    for (CalmWindow each : calm) {
      double share = 1 / (between + 1 / precision(each));
      total += share;
      mean += share * transformed(each);
    }
    return new ShareForecast(mean / total, 1 / total, between, calm.size());
  }

  /** The expected share. */
  double share() {
    double sine = StrictMath.sin(mean);
    return sine * sine;
  }

  /** Probability that a window of this size has at most this share. */
  double probabilityOfLess(CalmWindow window) {
    double variance = varianceBetween + varianceOfMean + 1 / precision(window);
    double t = (transformed(window) - mean) / Math.sqrt(variance);
    double freedom = windows - 2.0;
    double tail = RegularizedBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
    return t < 0 ? tail : 1 - tail;
  }

  private static double precision(CalmWindow window) {
    return 4.0 * window.predictions() + 2;
  }

  private static double transformed(CalmWindow window) {
    return StrictMath.asin(Math.sqrt((window.labelled() + 0.375) / (window.predictions() + 0.75)));
  }
}
