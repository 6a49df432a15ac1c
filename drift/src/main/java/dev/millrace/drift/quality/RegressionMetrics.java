package dev.millrace.drift.quality;

import dev.millrace.drift.quality.Metric.Name;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metrics of scores of a numeric label. */
public final class RegressionMetrics {
  private RegressionMetrics() {}

  /** Mean absolute error, root mean squared error and bias; empty without rows. */
  public static List<Metric> of(RegressionCounts counts, Overdispersion dispersion) {
    long n = counts.rows();
    if (n == 0) {
      return List.of();
    }
    double rmse = Math.sqrt(counts.squares().mean(n));
    return List.of(
        metric(Name.MAE, counts.absolutes(), n, dispersion),
        new Metric(Name.RMSE, rmse, root(Intervals.mean(counts.squares(), n, dispersion))),
        metric(Name.BIAS, counts.errors(), n, dispersion));
  }

  private static Metric metric(Name name, Moments values, long n, Overdispersion dispersion) {
    return new Metric(name, values.mean(n), Intervals.mean(values, n, dispersion));
  }

  /** The root of the interval of the mean square, as it grows with it. */
  private static @Nullable Interval root(@Nullable Interval square) {
    return square == null
        ? null
        : new Interval(Math.sqrt(Math.max(0, square.lower())), Math.sqrt(square.upper()));
  }
}
