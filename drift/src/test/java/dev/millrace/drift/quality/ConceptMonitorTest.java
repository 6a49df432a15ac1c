package dev.millrace.drift.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.calibration.Tails;
import dev.millrace.drift.quality.ConceptMonitor.Step;
import dev.millrace.schemas.avro.ConceptDirection;
import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConceptMonitorTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int ROWS = 2_000;

  private static final long HOUR = Duration.ofHours(1).toMillis();

  /** One false alarm of any cause in 30 windows, of which concept drift has 4 %. */
  private static final ConceptMonitor MONITOR =
      new ConceptMonitor(0.04 / 30, new CalmSpan(DAY, 7 * DAY));

  @Test
  void calibratesWithTheFirstWindowsThenFindsAChange() {
    Random random = new Random(1);
    List<ConceptResult> results = run(random, ConceptMemory.of(List.of()), 40, 0, 30, 0.35);

    assertThat(results.subList(0, 14))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.CALIBRATING);
    assertThat(results.get(0).getWindowsMissing()).isEqualTo(13);
    assertThat(results.subList(14, 30))
        .extracting(ConceptResult::getState)
        .containsOnly(ConceptStatus.OK);
    ConceptResult last = results.get(32);
    assertThat(last.getState()).isEqualTo(ConceptStatus.DRIFT);
    assertThat(last.getDirection()).isEqualTo(ConceptDirection.WORSE);
    assertThat(last.getSince().toEpochMilli()).isBetween(29 * DAY, 31 * DAY);
    assertThat(last.getErrorBefore()).isEqualTo(0.2, within(0.02));
    assertThat(last.getErrorSince()).isEqualTo(0.35, within(0.03));
    assertThat(last.getOddsRatio()).isEqualTo(0.35 / 0.65 / 0.25, within(0.3));
  }

  @Test
  void startsAtOnceWithTheBlocksOfTraining() {
    Random random = new Random(2);
    List<WindowErrors> training = new ArrayList<>();
    for (int i = 0; i < 28; i++) {
      training.add(window(random, 0.2, 0).sum((i - 28) * DAY));
    }
    List<ConceptResult> results = run(random, ConceptMemory.of(training), 8, 0, 3, 0.1);

    assertThat(results.get(0).getState()).isEqualTo(ConceptStatus.OK);
    assertThat(results.get(0).getReferenceLabels()).isEqualTo(28L * ROWS);
    assertThat(results.get(7).getState()).isEqualTo(ConceptStatus.DRIFT);
    assertThat(results.get(7).getDirection()).isEqualTo(ConceptDirection.BETTER);
  }

  /** An outage of 1, 3 or 10 days. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10})
  void aChangeThatHasEndedIsNoDriftAnyMore(int bad) {
    Random random = new Random(6);
    ConceptMemory memory = ConceptMemory.of(List.of());
    List<ConceptStatus> states = new ArrayList<>();
    for (int i = 0; i < 24 + bad + 60; i++) {
      Step step =
          MONITOR.next(memory, i * DAY, window(random, i >= 24 && i < 24 + bad ? 0.5 : 0.2, 0));
      states.add(step.result().getState());
      memory = step.memory();
    }
    assertThat(states.subList(24, 24 + bad)).containsOnly(ConceptStatus.DRIFT);
    assertThat(states.subList(24 + bad + 2, states.size())).containsOnly(ConceptStatus.OK);
  }

  /**
   * Windows whose error rates vary by a third, with a common cause that lasts for days: 30 streams
   * of 44 days. At the budget of 1 per 30 days, of which this test has a tenth, 3 alarms are due in
   * the 30 days after calibration.
   */
  @Test
  void keepsTheBudgetWhereWindowsDependOnEachOther() {
    int alarms = 0;
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      boolean alarmed =
          run(random, ConceptMemory.of(List.of()), 44, 0.3, 44, 0.2).stream()
              .anyMatch(result -> result.getState() == ConceptStatus.DRIFT);
      alarms += alarmed ? 1 : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(5);
  }

  @Test
  void dispersionOfWindowsIsNotTooSmall() {
    assertThat(Tails.chiSquareQuantile(0.1, 13)).isEqualTo(7.041505, within(1e-5));
    int below = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<WindowErrors> windows = new ArrayList<>();
      for (int i = 0; i < 14; i++) {
        windows.add(window(random, 0.15 + 0.1 * random.nextDouble(), 0).sum(i * DAY));
      }
      // Variance of the shares 0.1^2 / 12, of independent rows 0.16 / 2000.
      below +=
          ErrorSeason.of(0.2, windows, DAY).dispersion() < 1 + 0.01 / 12 / (0.16 / ROWS) ? 1 : 0;
    }
    assertThat(below / 200.0).isLessThan(0.12);
  }

  /**
   * A model that hardly ever errs, with a hundredth of the traffic by night: hours without an error
   * are no season, and errors that begin are found.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0005, 0.005})
  void fewErrorsAreNoSeason(double rate) {
    ConceptMonitor hourly = new ConceptMonitor(0.04 / 720, new CalmSpan(HOUR, 7 * DAY));
    Random random = new Random(7);
    ConceptMemory memory = ConceptMemory.NONE;
    List<ConceptStatus> states = new ArrayList<>();
    int changes = 24 * 21;
    for (int i = 0; i < changes + 48; i++) {
      int rows = i % 24 < 7 || i % 24 > 21 ? 64 : 6_400;
      Step step =
          hourly.next(memory, i * HOUR, window(random, rows, i < changes ? rate : rate + 0.05, 0));
      states.add(step.result().getState());
      memory = step.memory();
    }
    assertThat(states.subList(0, changes)).doesNotContain(ConceptStatus.DRIFT);
    assertThat(states.get(changes + 8)).isEqualTo(ConceptStatus.DRIFT);
  }

  /**
   * Errors of nights are more frequent, and always were; the first label comes at 7:00. With an
   * hour's own error rate a change of all hours is found as soon as without a season.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.15, 0.2, 0.25, 0.3})
  void nightsAreComparedWithNights(double night) {
    ConceptMonitor hourly = new ConceptMonitor(0.04 / 720, new CalmSpan(HOUR, 7 * DAY));
    Random random = new Random(5);
    ConceptMemory memory = ConceptMemory.NONE;
    List<ConceptStatus> states = new ArrayList<>();
    for (int i = 7; i < 7 + 720 + 24; i++) {
      double rate = i % 24 < 7 || i % 24 > 21 ? night : 0.15;
      double odds = rate / (1 - rate) * (i < 7 + 720 ? 1 : 2);
      Step step = hourly.next(memory, i * HOUR, window(random, 640, odds / (1 + odds), 0));
      states.add(step.result().getState());
      assertThat(step.result().getWindowsMissing()).isEqualTo(Math.max(0, 167 - (i - 7)));
      memory = step.memory();
    }
    // The first nights are unusual after a day alone.
    assertThat(states.subList(0, 168)).isSubsetOf(ConceptStatus.CALIBRATING, ConceptStatus.WARNING);
    assertThat(states.subList(168, 720)).containsOnly(ConceptStatus.OK);
    assertThat(states.subList(722, 744)).containsOnly(ConceptStatus.DRIFT);
  }

  @Test
  void windowsWithoutLabelsChangeNothing() {
    ConceptMemory memory = ConceptMemory.of(List.of());

    Step step = MONITOR.next(memory, 0, new PartCounts());

    assertThat(step.memory()).isEqualTo(memory);
    assertThat(step.result().getWindowsMissing()).isEqualTo(14);
  }

  /**
   * Results of windows with an error rate of 0.2.
   *
   * @param spread standard deviation of the logarithm of the odds of a window
   * @param change number of the window from which the error rate is another one
   */
  private static List<ConceptResult> run(
      Random random, ConceptMemory start, int windows, double spread, int change, double rate) {
    List<ConceptResult> results = new ArrayList<>();
    ConceptMemory memory = start;
    double common = 0;
    for (int i = 0; i < windows; i++) {
      common = 0.5 * common + Math.sqrt(0.75) * random.nextGaussian();
      PartCounts parts = window(random, i < change ? 0.2 : rate, spread * common);
      Step step = MONITOR.next(memory, i * DAY, parts);
      results.add(step.result());
      memory = step.memory();
    }
    return results;
  }

  private static PartCounts window(Random random, double rate, double logOdds) {
    return window(random, ROWS, rate, logOdds);
  }

  private static PartCounts window(Random random, int rows, double rate, double logOdds) {
    double odds = rate / (1 - rate) * Math.exp(logOdds);
    PartCounts parts = new PartCounts();
    for (int row = 0; row < rows; row++) {
      parts.add(row * PartCounts.PARTS / rows, random.nextDouble() < odds / (1 + odds));
    }
    return parts;
  }

  /** An hour of windows of ten seconds, and then twice as many errors. */
  @Test
  void moreErrorsBeforeAWholeSeasonAreAWarning() {
    for (long season : new long[] {0, 7 * DAY}) {
      ConceptMonitor seconds = new ConceptMonitor(0.04 / 259_200, new CalmSpan(10_000, season));
      Random random = new Random(8);
      ConceptMemory memory = ConceptMemory.NONE;
      List<ConceptStatus> states = new ArrayList<>();
      for (int i = 0; i < 361; i++) {
        PartCounts parts = window(random, 2_000, i < 360 ? 0.1 : 0.2, 0);
        Step step = seconds.next(memory, i * 10_000L, parts);
        states.add(step.result().getState());
        memory = step.memory();
      }
      assertThat(states.subList(0, 14)).containsOnly(ConceptStatus.CALIBRATING);
      assertThat(states.subList(14, 360))
          .containsOnly(season == 0 ? ConceptStatus.OK : ConceptStatus.CALIBRATING);
      assertThat(states.get(360))
          .isEqualTo(season == 0 ? ConceptStatus.DRIFT : ConceptStatus.WARNING);
    }
  }
}
