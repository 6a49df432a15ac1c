package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.calibration.Prediction;
import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.DeliveryCounts.Status;
import dev.millrace.drift.profile.DeliveryCounts.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Tests whether more inputs are missing or outdated in a window than in calm windows before it.
 * Training data do not contain where values came from, so calm live windows are the reference, and
 * the window is the unit: how much they differ from each other decides what is unusual. The effect
 * of a share is the difference of the shares.
 */
public final class MissingFeatures {
  /** Fewest calm windows: with fewer their variance is not known. */
  public static final int FEWEST = 10;

  /** Calm windows that are kept; later ones are not added, so that a slow decay is not absorbed. */
  public static final int MOST = 60;

  /**
   * Least standard deviation of median ages between windows, in powers of two: the position within
   * a cell of an age is not known.
   */
  private static final double LEAST_SD = 0.25;

  private final List<DeliveryCounts> calm;

  /**
   * @param calm the first windows without drift, at most {@link #MOST}
   */
  public MissingFeatures(List<DeliveryCounts> calm) {
    this.calm = List.copyOf(calm);
  }

  /** Whether there are enough calm windows for a test. */
  public boolean isCalibrated() {
    return calm.size() >= FEWEST;
  }

  /**
   * The tests of one input: the share of predictions in which it was not found, and in which it was
   * older than its greatest age, and its median age. Values that were found and are null are left
   * to {@link StatisticalTest#NULL_SHARE}. Empty as long as there are fewer than {@link #FEWEST}
   * calm windows, and where there is nothing to compare.
   *
   * @param feature its position
   */
  public List<TestResult> ofInput(int feature, DeliveryCounts window) {
    List<TestResult> results = new ArrayList<>();
    addShare(
        results,
        StatisticalTest.NOT_FOUND_SHARE,
        Cause.MISSING_FEATURES,
        counts -> counts.count(feature, Status.NOT_FOUND),
        window);
    addShare(
        results,
        StatisticalTest.OUTSIDE_MAX_AGE_SHARE,
        Cause.FRESHNESS,
        counts -> counts.count(feature, Status.OUTSIDE_MAX_AGE),
        window);
    addAge(results, feature, window);
    return results;
  }

  /**
   * The test of the share of predictions that did not get their vector in time; empty as for an
   * input.
   */
  public List<TestResult> ofWaits(DeliveryCounts window) {
    List<TestResult> results = new ArrayList<>();
    addShare(
        results,
        StatisticalTest.TIMED_OUT_SHARE,
        Cause.FRESHNESS,
        counts -> counts.count(Wait.TIMED_OUT) + counts.count(Wait.UNANSWERED),
        window);
    return results;
  }

  /**
   * Whether more predictions of a window have something than of the calm windows. The p-value is
   * that of Fisher's exact test; if calm windows vary more than chance, the largest of it and of
   * Student's t of the window's share and of its logarithm, with the variance of calm windows: the
   * shares of calm windows may be skewed, and then the first of the two is too small. Predictions
   * may come in groups, so it is at least Fisher's of 1/phi of them, too.
   */
  private void addShare(
      List<TestResult> results,
      StatisticalTest test,
      Cause cause,
      ToLongFunction<DeliveryCounts> count,
      DeliveryCounts window) {
    long x = count.applyAsLong(window);
    long n = window.predictions();
    long y = calm.stream().mapToLong(count).sum();
    long m = calm.stream().mapToLong(DeliveryCounts::predictions).sum();
    if (!isCalibrated() || n == 0 || m == 0 || x + y == 0) {
      return;
    }
    double before = (double) y / m;
    double more = (double) x / n - before;
    double shown = dispersion(count, before);
    double phi = inSize(shown, n);
    double p = FisherExact.upperTail(x, n, y, m);
    if (phi > 1) {
      double variance = phi * before * (1 - before) * (1.0 / n + 1.0 / m);
      p = Math.max(p, Prediction.student(more / Math.sqrt(variance), calm.size() - 1.0));
      p =
          Math.max(
              p, FisherExact.upperTail(part(x, phi), part(n, phi), part(y, phi), part(m, phi)));
    }
    if (shown > 1) {
      double[] logs = calm.stream().mapToDouble(each -> logShare(count, each)).toArray();
      p = Math.max(p, Prediction.upper(logShare(count, window), logs, 0));
    }
    double effect = Math.max(0, more);
    results.add(new TestResult(test, cause, more, Math.min(1, p), effect * effect, phi, 1));
  }

  private static double logShare(ToLongFunction<DeliveryCounts> count, DeliveryCounts window) {
    return StrictMath.log((count.applyAsLong(window) + 0.5) / (window.predictions() + 1.0));
  }

  private static long part(long count, double phi) {
    return (long) (count / phi);
  }

  /** Pearson's estimate of the variance of the calm shares over that of chance. */
  private double dispersion(ToLongFunction<DeliveryCounts> count, double share) {
    if (share <= 0 || share >= 1) {
      return 0;
    }
    double sum = 0;
    for (DeliveryCounts each : calm) {
      double expected = each.predictions() * share;
      double off = count.applyAsLong(each) - expected;
      sum += expected == 0 ? 0 : off * off / (expected * (1 - share));
    }
    return sum / (calm.size() - 1);
  }

  /**
   * The dispersion of a window of n predictions, at least 1. If these are more than in the calm
   * windows, it is as much larger as those do not exclude: what whole windows have in common does
   * not shrink with their size.
   */
  private double inSize(double shown, long n) {
    double rows = calm.stream().mapToLong(DeliveryCounts::predictions).average().orElse(1);
    double common = Dispersion.upperBound(shown, calm.size() - 1.0) - 1;
    return Math.max(1, shown) + Math.max(0, n / rows - 1) * Math.max(0, common);
  }

  /**
   * Whether the median age is greater than in calm windows, by Student's t of its logarithm. The
   * effect is the share of the age that is new: 0.5 for twice as old.
   */
  private void addAge(List<TestResult> results, int feature, DeliveryCounts window) {
    double[] ages =
        calm.stream()
            .filter(each -> each.ages(feature) > 0)
            .mapToDouble(each -> each.medianLogAge(feature))
            .toArray();
    if (ages.length < FEWEST || window.ages(feature) == 0) {
      return;
    }
    double median = window.medianLogAge(feature);
    double older = median - mean(ages);
    results.add(
        TestResult.of(
            StatisticalTest.MEDIAN_AGE,
            Cause.FRESHNESS,
            older,
            Prediction.upper(median, ages, LEAST_SD),
            older <= 0 ? 0 : 1 - StrictMath.pow(2, -older)));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
