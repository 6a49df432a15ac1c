package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.DependenceTime;
import dev.millrace.drift.sequence.EValues;
import dev.millrace.drift.sequence.ShiftEvidence;
import dev.millrace.drift.sequence.ShiryaevRoberts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The evidence of each test of a feature, added up over windows.
 *
 * @param runs by test
 */
record Evidence(Map<StatisticalTest, Run> runs) {
  /** Without a window. */
  static final Evidence NONE = new Evidence(Map.of());

  /**
   * Up to this dispersion a p-value is about that of independent rows and is evidence itself;
   * beyond, it depends on a variance that few windows show, and only the window's rank among calm
   * windows counts.
   */
  private static final double NEARLY_INDEPENDENT = 1.5;

  /**
   * Standard errors that the mean of calm windows may be off where windows resemble the one before.
   * The error is the same in all windows, so what it adds to each of them is no evidence.
   */
  private static final double ERRORS = 3;

  private static final double LEAST_P = 1e-300;

  /** So that the reciprocal of a statistic that is enough is not above the level by rounding. */
  private static final double ROUNDED_UP = 1 + 1e-9;

  /**
   * Evidence of this power of what is enough is used up. In simulations 1/2 ends changes that last,
   * and 0 takes twice as many calm windows as 1/4.
   */
  private static final double USED_UP = 0.25;

  Evidence {
    Map<StatisticalTest, Run> copy = new EnumMap<>(StatisticalTest.class);
    copy.putAll(runs);
    runs = Collections.unmodifiableMap(copy);
  }

  /**
   * The evidence of one test.
   *
   * @param statistic of Shiryaev-Roberts
   * @param shift evidence of a shift of numbers where windows are nearly independent; START
   *     elsewhere
   * @param found whether it has been enough for an alarm in the run
   * @param windows of the run
   * @param divergence sum of these windows' divergences
   * @param largest of these divergences
   * @param second the largest of the others
   * @param size sum of these windows' squared deviations
   * @param changeEnd evidence that the change has ended, of a run that is found
   */
  record Run(
      double statistic,
      ShiftEvidence shift,
      boolean found,
      int windows,
      double divergence,
      double largest,
      double second,
      double size,
      ChangeEnd changeEnd) {
    static final Run START = new Run(0, ShiftEvidence.START, false, 0, 0, 0, 0, 0, ChangeEnd.START);

    /**
     * With one more window.
     *
     * @param e of the window
     * @param shifted the evidence of a shift with the window
     * @param test of the window
     * @param enough the statistic that is an alarm
     * @param tau how many windows count as one
     */
    Run next(double e, ShiftEvidence shifted, TestResult test, double enough, double tau) {
      double most = most(enough, showsShift(test));
      double ofWindow = test.divergence();
      double next = new ShiryaevRoberts(statistic).next(Math.min(e, most)).statistic();
      double sum = sum(next, shifted);
      double kept = Math.min(1, enough / sum);
      double deviation = squaredDeviation(test);
      if (isOver(enough)) {
        double none = Double.NEGATIVE_INFINITY;
        return new Run(
            kept * next,
            shifted.times(kept),
            false,
            1,
            ofWindow,
            ofWindow,
            none,
            deviation,
            ChangeEnd.START);
      }
      ChangeEnd end = found ? changeEnd.next(size, windows, deviation, tau) : ChangeEnd.START;
      if (end.isEnough()) {
        return START;
      }
      return new Run(
          kept * next,
          shifted.times(kept),
          found || sum >= enough,
          windows + 1,
          divergence + ofWindow,
          Math.max(largest, ofWindow),
          Math.max(second, Math.min(largest, ofWindow)),
          size + deviation,
          end);
    }

    /**
     * Whether the next window begins another run: where a test has many degrees of freedom, calm
     * windows use up its evidence before they are evidence of its end.
     */
    private boolean isOver(double enough) {
      return sum(statistic, shift) < (found ? StrictMath.pow(enough, USED_UP) : 1);
    }

    /**
     * What is reported: once the evidence has been enough it stays so until the run is over, since
     * a few windows without a sign of a small change are usual while it lasts.
     *
     * @param enough the statistic that is an alarm
     */
    double reported(double enough) {
      return found && !isOver(enough) ? enough : sum(statistic, shift);
    }

    /** Both are evidence of the same change: their mean keeps the level of each. */
    private static double sum(double statistic, ShiftEvidence shift) {
      return shift.equals(ShiftEvidence.START) ? statistic : (statistic + shift.statistic()) / 2;
    }

    /**
     * The largest e-value of a window. One is never enough, since a large change is found by the
     * test of its window, and two are.
     *
     * @param shares whether the mean with the evidence of a shift counts
     */
    private static double most(double enough, boolean shares) {
      return Math.sqrt(shares ? 2 * enough : enough);
    }

    /**
     * The mean divergence, in which chance cancels out. The largest counts as the second, since a
     * lasting change is not in one window alone.
     */
    double meanDivergence() {
      return (divergence - largest + second) / windows;
    }
  }

  /** A window's squared deviation from the reference, in units of that of calm windows. */
  private static double squaredDeviation(TestResult test) {
    // Without a ratio the p-value has to do: the mean of its negative logarithm is 1, too.
    return test.test() == StatisticalTest.UNSEEN_SHARE
        ? -StrictMath.log(Math.max(LEAST_P, test.p()))
        : test.ratio() / test.dispersion();
  }

  /**
   * With the tests of one more window.
   *
   * @param tests of values
   * @param all tests that share the feature's level, those of values included
   * @param meanRank of the window
   * @param alpha the level of the feature; evidence that is enough for an alarm at this level is
   *     not added to
   */
  Evidence next(
      List<TestResult> tests,
      List<TestResult> all,
      MeanRank meanRank,
      Baseline baseline,
      double scale,
      double alpha) {
    Map<StatisticalTest, Run> next = new EnumMap<>(StatisticalTest.class);
    next.putAll(runs);
    double meanRankTime = baseline.meanRankTime();
    double errors = errors(meanRankTime);
    for (TestResult test : tests) {
      Run run = runs.getOrDefault(test.test(), Run.START);
      double tau = baseline.dependenceTime(test.test(), meanRankTime);
      double enough = enough(test, all, alpha);
      boolean found = FeatureResult.corrected(test, all) <= alpha;
      ShiftEvidence shifted = shifted(run.shift(), test, found, meanRank, Run.most(enough, true));
      double e = e(test, baseline, scale, tau, errors);
      next.put(test.test(), run.next(e, shifted, test, enough, tau));
    }
    return new Evidence(next);
  }

  /**
   * The evidence of a shift with one more window. A window that its own test finds adds none: after
   * a few of them calm windows would be unusual for long.
   */
  private static ShiftEvidence shifted(
      ShiftEvidence before, TestResult test, boolean found, MeanRank meanRank, double most) {
    if (!showsShift(test)) {
      return ShiftEvidence.START;
    }
    return found ? before : meanRank.addedTo(before, most);
  }

  /**
   * Without that of some causes.
   *
   * @param score whether it is of the score, not of an input
   */
  Evidence without(Set<Cause> causes, boolean score) {
    Map<StatisticalTest, Run> kept = new EnumMap<>(StatisticalTest.class);
    kept.putAll(runs);
    kept.keySet().removeIf(test -> causes.contains(test.cause(score)));
    return new Evidence(kept);
  }

  /** The variance of mean ranks is known well enough only where windows are nearly independent. */
  private static boolean showsShift(TestResult test) {
    return test.test() == StatisticalTest.KOLMOGOROV_SMIRNOV
        && test.dispersion() < NEARLY_INDEPENDENT;
  }

  private static double enough(TestResult test, List<TestResult> all, double alpha) {
    return ROUNDED_UP * FeatureResult.weight(test, all) / alpha;
  }

  /**
   * The e-value of a window. Windows near each other are alike, so that tau of them count as one:
   * the product of tau e-values to the power 1/tau is at most 1 on average, however these windows
   * depend on each other (Hoelder's inequality).
   */
  private static double e(
      TestResult test, Baseline baseline, double scale, double tau, double errors) {
    List<Double> calm = baseline.ratios().getOrDefault(test.test(), List.of());
    if (calm.isEmpty()) {
      return EValues.ofPValue(Math.max(LEAST_P, test.p()));
    }
    double e =
        test.dispersion() < NEARLY_INDEPENDENT
            ? EValues.ofPValue(Math.max(LEAST_P, test.p()))
            : ofRank(Baseline.scaled(test.test(), test.ratio(), scale), calm, tau, errors);
    return StrictMath.pow(e, 1 / tau);
  }

  /** One where windows do not resemble the one before: then the error is small. */
  private static double errors(double meanRankTime) {
    return meanRankTime > 1 ? ERRORS : 1;
  }

  /** The rank among the calm windows, of which also tau count as one. */
  private static double ofRank(double ratio, List<Double> calm, double tau, double errors) {
    double asOneOfThem = 1 + (ratio - 1) / DependenceTime.inflation(calm.size(), tau, errors);
    long atLeast = calm.stream().filter(value -> value >= asOneOfThem).count();
    return EValues.ofShare((double) atLeast / calm.size(), Math.max(1, calm.size() / tau));
  }

  /**
   * The evidence as results of tests; not that of a single window, which is left to its own tests.
   *
   * @param tests of the newest window
   * @param all tests that share the feature's level
   * @param alpha the level of the feature
   */
  List<TestResult> results(List<TestResult> tests, List<TestResult> all, double alpha) {
    List<TestResult> results = new ArrayList<>();
    for (TestResult test : tests) {
      Run run = runs.getOrDefault(test.test(), Run.START);
      if (run.windows() > 1) {
        double statistic = run.reported(enough(test, all, alpha));
        results.add(
            new TestResult(
                StatisticalTest.SEQUENTIAL,
                test.cause(),
                statistic,
                Math.min(1, 1 / statistic),
                run.meanDivergence(),
                test.dispersion(),
                1));
      }
    }
    return results;
  }
}
