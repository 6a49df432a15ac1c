package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evidence over windows that depend on each other, and after a change has ended; fixed seeds. */
class EvidenceTest {
  private static final double DAILY = 1.4e-3;
  private static final double HOURLY = DAILY / 24;
  private final SplittableRandom random = new SplittableRandom(17);

  private Profile window(Reference reference, int rows, double mean) {
    Profile window = reference.newProfile();
    IntStream.range(0, rows).forEach(i -> window.add(random.nextGaussian() + mean));
    return window;
  }

  /** What windows became, one for each. */
  private List<FeatureResult> results(
      int blocks, int windows, int rows, double alpha, IntToDoubleFunction mean) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      double shift = mean.applyAsDouble(i);
      values.add(random.doubles(rows).map(u -> random.nextGaussian() + shift).toArray());
    }
    Reference reference =
        Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
    List<Profile> profiles = new ArrayList<>();
    for (double[] each : values) {
      Profile profile = reference.newProfile();
      Arrays.stream(each).forEach(profile::add);
      profiles.add(profile);
    }
    Baseline baseline = BlockBaseline.of(reference, DailyBlocks.of(profiles), 30);
    return results(reference, baseline, windows, rows, alpha, i -> mean.applyAsDouble(blocks + i));
  }

  private List<FeatureResult> results(
      Reference reference,
      Baseline baseline,
      int windows,
      int rows,
      double alpha,
      IntToDoubleFunction mean) {
    WindowComparison comparison = comparison(reference, baseline, alpha);
    List<FeatureResult> results = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      Profile window = window(reference, rows, mean.applyAsDouble(i));
      FeatureResult result = comparison.of(i, unused -> window).get(0);
      comparison.after(
          unremarkable(result) ? WindowComparison.Outcome.CALM : WindowComparison.Outcome.UNUSUAL);
      results.add(result);
    }
    return results;
  }

  private static WindowComparison comparison(Reference reference, Baseline baseline, double alpha) {
    return new WindowComparison(
        List.of(reference),
        List.of(baseline),
        new FeatureComparison(alpha, 0.02, 30),
        CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
  }

  private static boolean bySequence(FeatureResult result) {
    return result.verdict() == Verdict.DRIFT && result.test() == StatisticalTest.SEQUENTIAL;
  }

  /** 48 windows of a weekend in a row are unusual, every week. */
  @Test
  void theWeekendsOfHourlyWindowsAreNoEvidence() {
    List<FeatureResult> results =
        results(336, 504, 200, HOURLY, hour -> hour % 168 >= 120 ? 0.7 : 0);

    double dispersion = results.get(0).tests().get(0).dispersion();
    assertThat(dispersion).describedAs("windows differ").isGreaterThan(4);
    assertThat(results).noneMatch(EvidenceTest::bySequence);
  }

  /**
   * The mean of 30 such days may be as wrong as a change, and their correlation is not known. 14
   * days show so little that a correlation of 0.8 is left out.
   */
  @ParameterizedTest
  @CsvSource({"0.5, 14", "0.5, 30", "0.8, 30", "0.5, 60", "0.8, 60"})
  void windowsThatResembleTheOneBeforeKeepTheBudget(double correlation, int blocks) {
    int windows = 200;
    int streams = 100;
    int alarms = 0;
    int single = 0;
    for (int i = 0; i < streams; i++) {
      double[] shift = {random.nextGaussian()};
      List<FeatureResult> results =
          results(
              blocks,
              windows,
              200,
              DAILY,
              day -> {
                shift[0] =
                    correlation * shift[0]
                        + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
                return 0.3 * shift[0];
              });
      boolean before = false;
      for (FeatureResult each : results) {
        alarms += bySequence(each) && !before ? 1 : 0;
        before = bySequence(each);
        single += ofItself(each) <= DAILY ? 1 : 0;
      }
    }

    // The budget of single windows and of evidence is DAILY * streams * windows each.
    double granted = DAILY * streams * windows;
    System.out.printf(
        "AR(1) %.1f between windows, %d blocks: %d alarms by evidence and %d single windows of"
            + " %.1f each%n",
        correlation, blocks, alarms, single, granted);
    // Few blocks leave evidence over windows open.
    if (blocks >= 30) {
      assertThat((double) alarms).isLessThanOrEqualTo(granted + 2 * Math.sqrt(granted));
    }
    // Windows above the level come in groups, so their number varies more than that of alarms.
    assertThat((double) single).isLessThanOrEqualTo(2 * granted);
  }

  /** The corrected p-value of the window's own tests. */
  private static double ofItself(FeatureResult result) {
    return result.tests().stream()
        .filter(test -> test.test() != StatisticalTest.SEQUENTIAL)
        .mapToDouble(test -> FeatureResult.corrected(test, result.tests()))
        .min()
        .orElse(1);
  }

  /** Three times what independent days differ, beside a month of them. */
  @Test
  void aLastingChangeIsFound() {
    int found = 0;
    for (int i = 0; i < 10; i++) {
      List<FeatureResult> results =
          results(30, 40, 500, DAILY, day -> 0.1 * random.nextGaussian() + (day >= 30 ? 0.3 : 0));
      found += results.stream().anyMatch(each -> each.verdict() == Verdict.DRIFT) ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(8);
  }

  /** Other causes may have episodes that last longer; each ends with its own evidence. */
  @Test
  void theEndOfAnEpisodeDropsTheEvidenceOfItsCauseAlone() {
    Reference reference =
        Reference.of("x", random.doubles(20_000).map(u -> random.nextGaussian()).toArray());
    WindowComparison comparison = comparison(reference, Baseline.INDEPENDENT, DAILY);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Profile changed = window(reference, 500, 0.12);
      verdicts.add(comparison.of(i, unused -> changed).get(0).verdict());
      comparison.after(WindowComparison.Outcome.UNUSUAL);
    }
    assertThat(verdicts).endsWith(Verdict.DRIFT);

    Profile calm = window(reference, 500, 0);
    comparison.of(40, unused -> calm);
    comparison.after(
        WindowComparison.Outcome.UNUSUAL, Set.of(Cause.PREDICTION, Cause.DATA_QUALITY));
    assertThat(comparison.of(41, unused -> calm).get(0).verdict()).isEqualTo(Verdict.DRIFT);

    comparison.after(WindowComparison.Outcome.UNUSUAL, Set.of(Cause.DATA));
    assertThat(comparison.of(42, unused -> calm).get(0).verdict()).isEqualTo(Verdict.OK);
  }

  /** Tests of delivery share the feature's level, so more evidence is needed, and is enough. */
  @Test
  void evidenceIsEnoughBesideTestsOfDelivery() {
    List<TestResult> calm =
        List.of(
            TestResult.of(StatisticalTest.NOT_FOUND_SHARE, Cause.MISSING_FEATURES, 0, 0.6, 0),
            TestResult.of(StatisticalTest.MEDIAN_AGE, Cause.FRESHNESS, 0, 0.6, 0));
    Reference reference =
        Reference.of("x", random.doubles(20_000).map(u -> random.nextGaussian()).toArray());
    WindowComparison comparison = comparison(reference, Baseline.INDEPENDENT, DAILY);
    boolean found = false;
    for (int i = 0; i < 40; i++) {
      Profile window = window(reference, 500, 0.12);
      found |= bySequence(comparison.of(i, unused -> window, unused -> calm).get(0));
      comparison.after(WindowComparison.Outcome.UNUSUAL);
    }
    assertThat(found).isTrue();
  }

  /** A warning allows ten times the budget; see AlarmBudget. */
  private static boolean unremarkable(FeatureResult result) {
    return result.verdict() == Verdict.OK && result.p() > 10 / 0.85 * DAILY;
  }

  @Test
  void anEpisodeEndsSoonAfterItsChange() {
    Reference reference =
        Reference.of("x", random.doubles(5_000).map(u -> random.nextGaussian()).toArray());
    for (int changed : new int[] {1, 10}) {
      int calm = 0;
      int streams = 10;
      for (int i = 0; i < streams; i++) {
        List<FeatureResult> results =
            results(
                reference,
                Baseline.INDEPENDENT,
                changed + 30,
                500,
                DAILY,
                window -> window < changed ? 3 : 0);
        assertThat(results.subList(0, changed)).allMatch(r -> r.verdict() == Verdict.DRIFT);
        int inRow = 0;
        for (int window = changed; inRow < 3; window++, calm++) {
          inRow = unremarkable(results.get(window)) ? inRow + 1 : 0;
        }
      }
      System.out.printf(
          "after %d windows: %.1f until 3 in a row%n", changed, calm / (double) streams);
      assertThat(calm).describedAs("after %d windows", changed).isLessThanOrEqualTo(4 * streams);
    }
  }
}
