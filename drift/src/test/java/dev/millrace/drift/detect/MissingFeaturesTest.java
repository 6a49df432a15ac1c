package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.DeliveryCounts;
import dev.millrace.drift.profile.DeliveryCounts.Status;
import dev.millrace.drift.profile.DeliveryCounts.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MissingFeaturesTest {
  private static final int ROWS = 500;
  private static final double ALPHA = 1e-3;

  /** One input with so many missing and outdated values, of an age around so many seconds. */
  private static DeliveryCounts window(int missing, int outdated, int timedOut, double seconds) {
    DeliveryCounts counts = new DeliveryCounts(1);
    for (int i = 0; i < ROWS; i++) {
      counts.add(i < timedOut ? Wait.TIMED_OUT : Wait.ARRIVED);
      if (i < missing) {
        counts.add(0, Status.NOT_FOUND);
      } else {
        counts.add(0, i < missing + outdated ? Status.OUTSIDE_MAX_AGE : Status.PRESENT);
        counts.addAge(0, Math.round(1_000 * seconds * (0.5 + i / (double) ROWS)));
      }
    }
    return counts;
  }

  private static TestResult result(List<TestResult> results, StatisticalTest test) {
    return results.stream().filter(each -> each.test() == test).findFirst().orElseThrow();
  }

  private static List<DeliveryCounts> calm(int windows, Random random, double dayToDay) {
    List<DeliveryCounts> calm = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      calm.add(calm(random, dayToDay));
    }
    return calm;
  }

  /** 4 % of the values are missing, and that share differs between windows. */
  private static DeliveryCounts calm(Random random, double dayToDay) {
    double share = 0.04 * Math.exp(dayToDay * random.nextGaussian());
    int missing = 0;
    for (int i = 0; i < ROWS; i++) {
      missing += random.nextDouble() < share ? 1 : 0;
    }
    return window(missing, 0, 0, 100 * Math.exp(dayToDay * random.nextGaussian()));
  }

  @Test
  void aLargerShareOfMissingValuesIsFoundAndNamed() {
    MissingFeatures tests = new MissingFeatures(calm(20, new Random(1), 0));

    TestResult none =
        result(tests.ofInput(0, window(20, 0, 0, 100)), StatisticalTest.NOT_FOUND_SHARE);
    assertThat(none.p()).isGreaterThan(0.05);
    TestResult many =
        result(tests.ofInput(0, window(80, 0, 0, 100)), StatisticalTest.NOT_FOUND_SHARE);
    assertThat(many.p()).isLessThan(1e-4);
    assertThat(many.effect()).isBetween(0.1, 0.14);
    assertThat(many.cause()).isEqualTo(Cause.MISSING_FEATURES);
    TestResult fewer =
        result(tests.ofInput(0, window(0, 0, 0, 100)), StatisticalTest.NOT_FOUND_SHARE);
    assertThat(fewer.p()).isGreaterThan(0.9);
    assertThat(fewer.effect()).isZero();
  }

  @Test
  void outdatedValuesAndTimedOutPredictionsAreFreshness() {
    MissingFeatures tests = new MissingFeatures(calm(20, new Random(2), 0));
    DeliveryCounts late = window(20, 100, 60, 100);

    TestResult outdated = result(tests.ofInput(0, late), StatisticalTest.OUTSIDE_MAX_AGE_SHARE);
    assertThat(outdated.p()).as("never seen before").isLessThan(1e-30);
    assertThat(outdated.cause()).isEqualTo(Cause.FRESHNESS);
    TestResult waits = result(tests.ofWaits(late), StatisticalTest.TIMED_OUT_SHARE);
    assertThat(waits.p()).isLessThan(1e-20);
    assertThat(waits.effect()).isBetween(0.1199, 0.1201);
    assertThat(tests.ofWaits(window(20, 0, 0, 100))).as("nothing to compare").isEmpty();
  }

  @Test
  void agesThatGrowAreFoundAndYoungerOnesAreNot() {
    MissingFeatures tests = new MissingFeatures(calm(20, new Random(3), 0));

    TestResult older = result(tests.ofInput(0, window(20, 0, 0, 800)), StatisticalTest.MEDIAN_AGE);
    assertThat(older.p()).isLessThan(1e-6);
    assertThat(older.statistic()).as("powers of two").isBetween(2.5, 3.5);
    assertThat(older.effect()).isBetween(0.8, 0.92);
    TestResult younger = result(tests.ofInput(0, window(20, 0, 0, 10)), StatisticalTest.MEDIAN_AGE);
    assertThat(younger.p()).isGreaterThan(0.9);
    assertThat(younger.effect()).isZero();
  }

  @Test
  void fewCalmWindowsGiveNoTest() {
    MissingFeatures tests = new MissingFeatures(calm(MissingFeatures.FEWEST - 1, new Random(4), 0));

    assertThat(tests.isCalibrated()).isFalse();
    assertThat(tests.ofInput(0, window(400, 50, 0, 9_000))).isEmpty();
    assertThat(tests.ofWaits(window(0, 0, 400, 1))).isEmpty();
  }

  /**
   * Whole windows have more or fewer missing values, as after an outage of a source. Chance alone
   * would call most of them unusual: the level must hold with windows as the unit.
   */
  @Test
  void windowsThatDifferWithoutACauseKeepTheLevel() {
    for (double dayToDay : new double[] {0, 0.3}) {
      Random random = new Random(5);
      int alarms = 0;
      int byChance = 0;
      int runs = 500;
      for (int run = 0; run < runs; run++) {
        List<DeliveryCounts> calm = calm(14, random, dayToDay);
        DeliveryCounts next = calm(random, dayToDay);
        List<TestResult> results = new MissingFeatures(calm).ofInput(0, next);
        alarms += results.stream().anyMatch(each -> each.p() <= ALPHA) ? 1 : 0;
        long y = calm.stream().mapToLong(each -> missing(each)).sum();
        byChance += FisherExact.upperTail(missing(next), ROWS, y, 14L * ROWS) <= ALPHA ? 1 : 0;
      }
      assertThat(alarms).as("of two tests, sd %.1f", dayToDay).isLessThanOrEqualTo(4);
      if (dayToDay > 0) {
        assertThat(byChance).as("with the row as the unit").isGreaterThan(10);
      }
    }
  }

  private static long missing(DeliveryCounts counts) {
    return counts.count(0, Status.NOT_FOUND);
  }

  @Test
  void aWindowOfManyMissingValuesIsFoundAlsoWhereWindowsDiffer() {
    Random random = new Random(6);
    int found = 0;
    for (int run = 0; run < 100; run++) {
      MissingFeatures tests = new MissingFeatures(calm(20, random, 0.3));
      TestResult result =
          result(tests.ofInput(0, window(120, 0, 0, 100)), StatisticalTest.NOT_FOUND_SHARE);
      found += result.p() <= ALPHA && result.effect() > 0.1 ? 1 : 0;
    }
    assertThat(found).isGreaterThan(95);
  }
}
