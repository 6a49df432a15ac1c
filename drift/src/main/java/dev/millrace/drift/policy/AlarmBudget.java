package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The levels that keep a budget of false alarms, such as one in 30 days, over all features and
 * windows together.
 *
 * @param window the probability of a false alarm that the budget grants to one window
 * @param features how many features are tested in a window
 */
public record AlarmBudget(double window, int features) {
  /**
   * Half the budget goes to tests of single windows, which detect large changes at once; the other
   * half to evidence over windows, which detects small changes that last.
   */
  private static final double SINGLE_WINDOW_PART = 0.5;

  /** The causes that each feature's window is tested for. */
  private static final double WINDOW_SHARE =
      Stream.of(
              Cause.DATA,
              Cause.DATA_QUALITY,
              Cause.UNSEEN_CATEGORIES,
              Cause.MISSING_FEATURES,
              Cause.FRESHNESS)
          .mapToDouble(Cause::share)
          .sum();

  /**
   * The part that all predictions together keep where slices are compared, too; the slices share
   * the rest. With 20 slices at 1.4e-3 the smallest change that Kolmogorov-Smirnov finds is then 5
   * % larger in all predictions and 23 % in a slice; with equal parts both would be 19 %.
   */
  private static final double ALL_PART = 0.5;

  /** False discovery rate of the features named in an alarm: one in twenty. */
  private static final double FALSE_DISCOVERY_RATE = 0.05;

  /** Factor by which false warnings may be more frequent than false alarms. */
  private static final double WARNINGS_PER_ALARM = 10;

  /** Checks the components. */
  public AlarmBudget {
    if (!(window > 0 && window <= Budget.MOST_PER_WINDOW) || features < 1) {
      throw new IllegalArgumentException(
          "a window's level must be above 0 and at most "
              + Budget.MOST_PER_WINDOW
              + " with at least one feature, but they are "
              + window
              + " and "
              + features);
    }
  }

  /** The levels of a pipeline's windows. */
  public static AlarmBudget of(Drift drift, int features) {
    return of(drift.falseAlarms().alarms(), drift.falseAlarms().per(), drift.window(), features);
  }

  /**
   * @param alarms false alarms allowed
   * @param per the time in which they are allowed
   * @param window the length of a window; windows do not overlap
   * @param features how many features are tested in each
   */
  public static AlarmBudget of(int alarms, Duration per, Duration window, int features) {
    if (alarms < 1 || per.toMillis() <= 0 || window.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "false_alarms must be at least 1 per a positive duration and the window positive, but"
              + " they are "
              + alarms
              + " per "
              + per
              + " and "
              + window);
    }
    double granted = new Budget(alarms, per).perWindow(window);
    return new AlarmBudget(Math.min(Budget.MOST_PER_WINDOW, granted), features);
  }

  /**
   * What all predictions of a window keep of its level.
   *
   * @param slices that are compared, too
   */
  public AlarmBudget ofAll(int slices) {
    return slices == 0 ? this : new AlarmBudget(window * ALL_PART, features);
  }

  /**
   * What each slice of a window has of its level. Its own input is not compared.
   *
   * @param slices that are compared
   */
  public AlarmBudget ofSlice(int slices) {
    return new AlarmBudget(window * (1 - ALL_PART) / slices, Math.max(1, features - 1));
  }

  /**
   * The level of one feature in one window, over all causes that windows of predictions are tested
   * for: half the window's level times their shares, split evenly over the features (Bonferroni).
   */
  public double perFeature() {
    return window * SINGLE_WINDOW_PART * WINDOW_SHARE / features;
  }

  /**
   * The level of each of a feature's tests for a cause in one window, if it is tested for all
   * causes; where it is not, the level is higher.
   *
   * @param tests for this cause
   */
  public double perTest(Cause cause, int tests) {
    return window * SINGLE_WINDOW_PART * cause.share() / features / tests;
  }

  /** The level of a cause that is not tested by feature, in one window. */
  public double of(Cause cause) {
    return window * cause.share();
  }

  /** The features that an alarm names: Benjamini-Hochberg at a false discovery rate of 5 %. */
  public boolean[] named(double... p) {
    return benjaminiHochberg(p, FALSE_DISCOVERY_RATE);
  }

  /** The features that a warning names: Benjamini-Hochberg at ten times the window's level. */
  boolean[] warned(double... p) {
    return benjaminiHochberg(
        p, Math.min(Budget.MOST_PER_WINDOW, WARNINGS_PER_ALARM * window * SINGLE_WINDOW_PART));
  }

  /**
   * The hypotheses that the step-up procedure rejects (Benjamini, Hochberg, JRSS B 57, 1995).
   *
   * @param p p-values
   * @param q the false discovery rate
   */
  static boolean[] benjaminiHochberg(double[] p, double q) {
    int[] ascending =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int rejected = 0;
    for (int rank = 1; rank <= p.length; rank++) {
      if (p[ascending[rank - 1]] <= q * rank / p.length) {
        rejected = rank;
      }
    }
    boolean[] rejects = new boolean[p.length];
    Arrays.stream(ascending).limit(rejected).forEach(i -> rejects[i] = true);
    return rejects;
  }
}
