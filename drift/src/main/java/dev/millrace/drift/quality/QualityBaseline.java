package dev.millrace.drift.quality;

import java.util.ArrayList;
import java.util.List;

/**
 * A figure of quality in earlier windows in which it was not unusual, against which the next window
 * is compared. The window is the unit, so the ordinary variation between windows is no loss.
 *
 * @param values of the newest windows, in the order of time
 */
public record QualityBaseline(List<Double> values) {
  /** Before the first window. */
  public static final QualityBaseline NONE = new QualityBaseline(List.of());

  /** Windows that are needed. */
  static final int LEAST_WINDOWS = 14;

  /** Older windows are forgotten, so that state stays small. */
  private static final int MOST_WINDOWS = 60;

  /** Copies the values. */
  public QualityBaseline {
    values = List.copyOf(values);
  }

  /** Whether there are enough windows to compare with. */
  public boolean isComplete() {
    return values.size() >= LEAST_WINDOWS;
  }

  /** The mean of the earlier windows. */
  public double mean() {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  /**
   * The lower bound of the prediction interval of the next window (Hahn, Meeker: Statistical
   * Intervals, 1991, section 4.7), for windows whose figures are normally distributed.
   *
   * @param alpha probability that the figure of a window is below, without a change
   */
  public double lowerBound(double alpha) {
    double mean = mean();
    int n = values.size();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    double deviation = Math.sqrt(squares / (n - 1) * (1 + 1.0 / n));
    return mean - new Dispersion(1, n).critical(2 * alpha) * deviation;
  }

  /** With another window. */
  public QualityBaseline plus(double value) {
    List<Double> more = new ArrayList<>(values);
    more.add(value);
    return new QualityBaseline(more.subList(Math.max(0, more.size() - MOST_WINDOWS), more.size()));
  }
}
