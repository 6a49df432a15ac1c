package dev.millrace.drift.detect;

import dev.millrace.drift.calibration.Dispersion;
import dev.millrace.drift.sequence.ConformalRank;
import dev.millrace.drift.sequence.EValues;
import dev.millrace.drift.sequence.ShiryaevRoberts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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

  private static final double LEAST_P = 1e-300;

  Evidence {
    Map<StatisticalTest, Run> copy = new EnumMap<>(StatisticalTest.class);
    copy.putAll(runs);
    runs = Collections.unmodifiableMap(copy);
  }

  /**
   * The evidence of one test.
   *
   * @param statistic of Shiryaev-Roberts
   * @param windows since the statistic was last below 1
   * @param divergence sum of these windows' divergences: evidence of a change of at least the least
   *     effect is their mean, since chance cancels out in it
   */
  record Run(double statistic, int windows, double divergence) {
    static final Run START = new Run(0, 0, 0);

    Run next(double e, double windowDivergence, double most) {
      ShiryaevRoberts next = new ShiryaevRoberts(statistic).next(e);
      boolean begins = statistic < 1;
      return new Run(
          Math.min(most, next.statistic()),
          begins ? 1 : windows + 1,
          begins ? windowDivergence : divergence + windowDivergence);
    }
  }

  /**
   * With the tests of one more window.
   *
   * @param most the largest statistic that is kept, so that it is soon small again after a change
   *     has ended
   */
  Evidence next(List<TestResult> tests, Baseline baseline, double scale, double most) {
    Map<StatisticalTest, Run> next = new EnumMap<>(StatisticalTest.class);
    next.putAll(runs);
    for (TestResult test : tests) {
      Run run = runs.getOrDefault(test.test(), Run.START);
      next.put(test.test(), run.next(e(test, baseline, scale), test.divergence(), most));
    }
    return new Evidence(next);
  }

  private static double e(TestResult test, Baseline baseline, double scale) {
    Dispersion calm = baseline.of(test.test(), 1);
    if (calm.windows() == 0 || calm.phi(scale) < NEARLY_INDEPENDENT) {
      return EValues.ofPValue(Math.max(LEAST_P, test.p()));
    }
    List<Double> values = baseline.ratios().getOrDefault(test.test(), List.of());
    return new ConformalRank(ConformalRank.Side.LARGE, values.size(), values)
        .eValue(Baseline.scaled(test.ratio(), scale));
  }

  /** The evidence as results of tests; that of a single window is left to its own tests. */
  List<TestResult> results(List<TestResult> tests) {
    List<TestResult> results = new ArrayList<>();
    for (TestResult test : tests) {
      Run run = runs.getOrDefault(test.test(), Run.START);
      if (run.windows() > 1) {
        results.add(
            new TestResult(
                StatisticalTest.SEQUENTIAL,
                test.cause(),
                run.statistic(),
                Math.min(1, 1 / run.statistic()),
                run.divergence() / run.windows(),
                test.dispersion(),
                1));
      }
    }
    return results;
  }
}
