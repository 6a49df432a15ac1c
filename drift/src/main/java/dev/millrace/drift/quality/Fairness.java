package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Disparity.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares the rates of each slice of a field with those of all other rows, in one window. The
 * {@link FairnessMonitor} decides whether a difference lasts.
 *
 * <p>The four-fifths rule of the EEOC's Uniform Guidelines (29 CFR 1607.4 D, 1978) compares with
 * the group of the highest rate. That one is chosen by chance when groups are small, so the other
 * rows are taken here, and the threshold holds in both directions: a ratio below 4/5 or above 5/4.
 */
public final class Fairness {
  private final double minRatio;
  private final int minSamples;
  private final Overdispersion dispersion;

  /**
   * @param minRatio from 0 to 1: a smaller ratio is a disparity, and so is one above 1/minRatio; 0:
   *     no ratio is
   * @param minSamples rows of a slice, and of the others, below which a rate is not compared
   */
  public Fairness(double minRatio, int minSamples, Overdispersion dispersion) {
    this.minRatio = minRatio;
    this.minSamples = minSamples;
    this.dispersion = dispersion;
  }

  /**
   * The disparities of the slices of one field.
   *
   * @param all rows of the window
   * @param slices rows by value, in the order of the result
   */
  public List<Disparity> of(Confusion all, Map<String, Confusion> slices) {
    List<Disparity> compared = new ArrayList<>();
    slices.forEach(
        (slice, rows) -> {
          for (Measure measure : Measure.values()) {
            Confusion rest = all.minus(rows);
            if (Math.min(measure.total(rows), measure.total(rest)) >= minSamples) {
              compared.add(compare(slice, measure, rows, rest));
            }
          }
        });
    return compared;
  }

  /**
   * Half events (Walter, Biometrika 62, 1975) in the normal interval of the logarithm of a ratio of
   * shares (Katz et al., Biometrics 34, 1978).
   */
  private Disparity compare(String slice, Measure measure, Confusion rows, Confusion rest) {
    double x = measure.events(rows) + 0.5;
    double n = measure.total(rows) + 0.5;
    double y = measure.events(rest) + 0.5;
    double m = measure.total(rest) + 0.5;
    double logRatio = Math.log(x / n) - Math.log(y / m);
    double error = Math.sqrt(dispersion.phi() * (1 / x - 1 / n + 1 / y - 1 / m));
    double half = dispersion.critical(Intervals.ALPHA) * error;
    double beyond = Math.abs(logRatio) + Math.log(minRatio);
    return new Disparity(
        slice,
        measure,
        (double) measure.events(rows) / measure.total(rows),
        (double) measure.events(rest) / measure.total(rest),
        Math.exp(logRatio),
        new Interval(Math.exp(logRatio - half), Math.exp(logRatio + half)),
        pValue(beyond, error));
  }

  /** Twice the upper tail, at most 1: of Student's t where phi was estimated. */
  private double pValue(double beyond, double error) {
    if (error == 0) {
      return beyond > 0 ? 0 : 1;
    }
    return Math.min(1, 2 * dispersion.upperTail(beyond / error));
  }
}
